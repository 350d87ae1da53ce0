package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts a result in its directory: both files are written to temporary names beside their places, read back, forced to
 * the disk and renamed, the HDF5 file last, so that whoever sees it sees all of it. A temporary left by a crash is
 * overwritten by the next try, because its name is always the same; two writers of one result at the same time would
 * mix their bytes there, so the second is refused. Thread-safe.
 */
final class ResultWriter {

    private final Set<Path> busy = ConcurrentHashMap.newKeySet();

    /** Where a result is. */
    record Written(Path result, Path preview) {}

    Written write(TechniqueResult result, Provenance provenance, Path directory) throws IOException {
        Files.createDirectories(directory);
        Path place = directory.toRealPath();
        String name = stem(provenance.inputName()) + "_" + provenance.technique();
        Path h5 = place.resolve(name + ".h5");
        Path png = place.resolve(name + ".png");
        if (!busy.add(h5)) {
            throw new IOException(h5 + " is being written by another message at this moment");
        }
        try {
            Path newH5 = temporary(h5);
            Path newPng = temporary(png);
            try {
                NexusFile.write(newH5, result, provenance);
                Preview.write(result.images().get(0).pixels(), newPng);
                force(newH5);
                force(newPng);
                Files.move(newPng, png, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                Files.move(newH5, h5, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(newH5);
                Files.deleteIfExists(newPng);
            }
            return new Written(h5, png);
        } finally {
            busy.remove(h5);
        }
    }

    /** The HDF5 writer opens an existing file without cutting it, so a left-over must go first. */
    private static Path temporary(Path target) throws IOException {
        Path temporary = target.resolveSibling("." + target.getFileName() + ".part");
        Files.deleteIfExists(temporary);
        return temporary;
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
