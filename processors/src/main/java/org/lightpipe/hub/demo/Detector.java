package org.lightpipe.hub.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/** Writes a file at the rate of a detector, under its final name, as detectors do. */
final class Detector {

    private static final int SLICES_PER_SECOND = 20;

    private final double bytesPerSecond;

    Detector(double megabytesPerSecond) {
        this.bytesPerSecond = megabytesPerSecond * 1e6;
    }

    /** Replays a file into a directory that is watched. */
    void write(Path from, Path to) throws IOException, InterruptedException {
        Files.createDirectories(to.getParent());
        byte[] slice = new byte[(int) Math.max(1, Math.min(bytesPerSecond / SLICES_PER_SECOND, 1 << 24))];
        long begin = System.nanoTime();
        long written = 0;
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
            for (int count; (count = in.read(slice)) >= 0; ) {
                out.write(slice, 0, count);
                written += count;
                long due = begin + (long) (written / bytesPerSecond * 1e9);
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
            }
        }
    }
}
