package org.lightpipe.gpu.tomography;

import java.util.Arrays;

/**
 * Removes what single X-rays or cosmic rays leave in the sensor: a value that lies above the median of its neighbourhood
 * (projections × columns) by more than a threshold becomes that median. As tomocupy's {@code dezinger}, borders mirrored.
 */
final class Dezinger {

    private final int window;
    private final float threshold;

    /**
     * @param window the side of the neighbourhood
     * @param threshold in counts
     */
    Dezinger(int window, double threshold) {
        this.window = window;
        this.threshold = (float) threshold;
    }

    /** @param values counts {@code [projection][column]}, from {@code at} on; those that are no numbers stay */
    void apply(float[] values, int at, int projections, int columns) {
        int width = columns + window - 1;
        float[] before = bordered(values, at, projections, columns);
        float[] sorted = new float[window * window];
        int middle = window / 2 * width + window / 2;
        for (int i = 0; i < projections; i++) {
            for (int x = 0; x < columns; x++) {
                int corner = i * width + x;
                float value = before[corner + middle];
                if (mostLieBelow(before, corner, width, value - threshold)) {
                    values[at + i * columns + x] = median(before, corner, width, sorted);
                }
            }
        }
    }

    /** @return the bytes that one call needs */
    long bytes(int projections, int columns) {
        return 4L * (projections + window) * (columns + window);
    }

    private float[] bordered(float[] values, int at, int projections, int columns) {
        int width = columns + window - 1;
        float[] bordered = new float[(projections + window - 1) * width];
        for (int i = 0; i < projections + window - 1; i++) {
            int from = at + Mirror.of(i - window / 2, projections) * columns;
            for (int x = 0; x < window / 2; x++) {
                bordered[i * width + x] = values[from + Mirror.of(x - window / 2, columns)];
            }
            System.arraycopy(values, from, bordered, i * width + window / 2, columns);
            for (int x = columns + window / 2; x < width; x++) {
                bordered[i * width + x] = values[from + Mirror.of(x - window / 2, columns)];
            }
        }
        return bordered;
    }

    /** The same as comparing the median, and mostly decided after half of the neighbours. */
    private boolean mostLieBelow(float[] before, int corner, int width, float limit) {
        int others = window * window - window * window / 2;
        for (int i = 0; i < window; i++) {
            for (int k = 0; k < window; k++) {
                if (!(before[corner + i * width + k] < limit)) {
                    others--;
                    if (others == 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private float median(float[] before, int corner, int width, float[] sorted) {
        for (int i = 0; i < window; i++) {
            System.arraycopy(before, corner + i * width, sorted, i * window, window);
        }
        // what is no number goes to the end, as if it were large
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
