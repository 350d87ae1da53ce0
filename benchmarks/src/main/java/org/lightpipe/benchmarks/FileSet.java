package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Files of one size with random bytes, the same for the same seed, in directories of a thousand as detectors make them.
 *
 * @param name what it is called on the command line and in tables
 * @param count how many files
 * @param size size of each, in bytes
 */
record FileSet(String name, int count, long size) {

    private static final int IN_DIRECTORY = 1000;
    private static final int BLOCK = 1 << 20;

    /** The same set with fewer files, and shorter ones where there are few. */
    FileSet scaled(double scale) {
        if (count >= 100) {
            return new FileSet(name, Math.max(1, (int) (count * scale)), size);
        }
        return new FileSet(name, count, Math.max(1, (long) (size * scale)));
    }

    long bytes() {
        return count * size;
    }

    String title() {
        return String.format("%,d × %s", count, Units.bytes(size));
    }

    /** Paths of the files, below any directory. */
    List<String> paths() {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            paths.add(String.format("scan_%04d/frame_%07d.tif", i / IN_DIRECTORY, i));
        }
        return paths;
    }

    void write(Path directory, long seed) throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer block = ByteBuffer.allocateDirect((int) Math.min(size, BLOCK));
        byte[] bytes = new byte[block.capacity()];
        for (String path : paths()) {
            Path file = directory.resolve(path);
            Files.createDirectories(file.getParent());
            try (FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (long left = size; left > 0; left -= block.position()) {
                    random.nextBytes(bytes);
                    block.clear().put(bytes).flip().limit((int) Math.min(left, bytes.length));
                    while (block.hasRemaining()) {
                        channel.write(block);
                    }
                }
            }
        }
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
