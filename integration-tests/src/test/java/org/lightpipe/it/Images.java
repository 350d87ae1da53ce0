package org.lightpipe.it;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A small stack of images, as a detector writes it. */
final class Images {

    private static final int SIZE = 64;

    private Images() {}

    /** Writes the file under another name first, so that it is never seen half written. */
    static void write(Path file) throws IOException {
        int[][][] frames = new int[4][SIZE][SIZE];
        for (int frame = 0; frame < frames.length; frame++) {
            for (int y = 0; y < SIZE; y++) {
                for (int x = 0; x < SIZE; x++) {
                    frames[frame][y][x] = frame + (int) Math.hypot(x - SIZE / 2.0, y - SIZE / 2.0) * 100;
                }
            }
        }
        Path temporary = Files.createTempFile("images", ".h5");
        try (WritableHdfFile hdf = HdfFile.write(temporary)) {
            hdf.putGroup("entry").putGroup("data").putDataset("data", frames);
        }
        Path near = file.resolveSibling("." + file.getFileName());
        Files.copy(temporary, near, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(temporary);
        Files.move(near, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
