package org.lightpipe.gpu.xpcs;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.Random;

/**
 * A scan of speckles that change slowly, with rings as bins.
 *
 * @param frames {@code [frame][row][column]}
 * @param dynamicBins {@code [row][column]}
 * @param staticBins {@code [row][column]}
 * @param mask {@code [row][column]}
 */
record Scan(int[][][] frames, int[][] dynamicBins, int[][] staticBins, int[][] mask) {

    private static final int STATIC_PER_DYNAMIC = 2;

    /** Counts of about 0 to 40 that are correlated over some frames; five of a hundred pixels are masked. */
    static Scan speckles(int frames, int rows, int columns, int dynamicBins, long seed) {
        Random random = new Random(seed);
        int[][][] counts = new int[frames][rows][columns];
        int[][] dynamic = new int[rows][columns];
        int[][] fixed = new int[rows][columns];
        int[][] mask = new int[rows][columns];
        double largest = Math.hypot(rows, columns);
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                int ring = (int) (Math.hypot(y, x) / largest * dynamicBins * STATIC_PER_DYNAMIC * 1.0001);
                mask[y][x] = random.nextInt(20) == 0 ? 0 : 1;
                fixed[y][x] = mask[y][x] == 0 ? 0 : Math.min(ring, dynamicBins * STATIC_PER_DYNAMIC - 1) + 1;
                dynamic[y][x] = (fixed[y][x] + STATIC_PER_DYNAMIC - 1) / STATIC_PER_DYNAMIC;
                double state = random.nextGaussian();
                for (int i = 0; i < frames; i++) {
                    state = 0.9 * state + 0.436 * random.nextGaussian();
                    double mean = 5 * state * state * (1 + 0.1 * Math.sin(i));
                    counts[i][y][x] = (int) Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
                }
            }
        }
        return new Scan(counts, dynamic, fixed, mask);
    }

    int rows() {
        return mask.length;
    }

    int columns() {
        return mask[0].length;
    }

    /** @return {@code [frame][pixel]} */
    double[][] samples() {
        double[][] samples = new double[frames.length][rows() * columns()];
        for (int i = 0; i < samples.length; i++) {
            for (int p = 0; p < samples[i].length; p++) {
                samples[i][p] = frames[i][p / columns()][p % columns()];
            }
        }
        return samples;
    }

    static int[] flat(int[][] map) {
        int[] flat = new int[map.length * map[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = map[i / map[0].length][i % map[0].length];
        }
        return flat;
    }

    QMap qmap() throws Exception {
        boolean[] used = new boolean[rows() * columns()];
        int[] values = flat(mask);
        for (int i = 0; i < used.length; i++) {
            used[i] = values[i] != 0;
        }
        return QMap.of("qmap.h5", rows(), columns(), flat(dynamicBins), flat(staticBins), used, used);
    }

    Path writeFrames(Path path) {
        return write(path, "entry/data", new String[] {"data"}, (Object) frames);
    }

    Path writeQmap(Path path) {
        return write(
                path,
                "qmap",
                new String[] {"dynamic_roi_map", "static_roi_map", "mask"},
                dynamicBins,
                staticBins,
                mask);
    }

    /** Writes datasets of one group. */
    static Path write(Path path, String group, String[] names, Object... values) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup inner = file;
            for (String part : group.split("/")) {
                inner = inner.putGroup(part);
            }
            for (int i = 0; i < names.length; i++) {
                inner.putDataset(names[i], values[i]);
            }
        }
        return path;
    }
}
