package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import java.util.Optional;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Reconstruction by {@link Gridding} on the processor: two slices at a time, one as the real and one as the imaginary
 * part. Each thread fills bands of rows of the grid, so that no two write to one place and sums are made in the same
 * order whatever the number of threads.
 */
final class GriddedReconstruction implements Reconstructor {

    /** Rows of the grid that one thread fills and transforms at a time; they fit the cache of a processor. */
    private static final int BAND = 16;

    /** Columns that are brought together for their transform: their values fill cache lines. */
    private static final int STRIP = 16;

    private final Gridding gridding;
    private final Geometry geometry;
    private final WorkPool pool;
    private final Optional<RowFilter> filter;
    private final float[] filtered;
    private final HostFft lineFft;
    private final HostFft gridFft;
    private final float[] kernel;
    private final float perPoint;

    /** {@code [projection][frequency]}, complex, the negative frequencies behind the positive ones. */
    private final float[][] lines;

    /** {@code [u][v]}, complex; u goes with x and v with y. */
    private final float[][] grid;

    /** @param filter if the factors of the gridding have none */
    GriddedReconstruction(Gridding gridding, Optional<RowFilter> filter, Geometry geometry, WorkPool pool) {
        this.gridding = gridding;
        this.geometry = geometry;
        this.pool = pool;
        this.filter = filter;
        this.filtered = new float[filter.isPresent() ? 2 * geometry.projections() * geometry.columns() : 0];
        this.lineFft = new HostFft(gridding.length());
        this.gridFft = new HostFft(gridding.size());
        this.kernel = gridding.kernel();
        this.perPoint = gridding.perPoint();
        this.lines = new float[geometry.projections()][2 * gridding.length()];
        this.grid = new float[gridding.size()][2 * gridding.size()];
    }

    @Override
    public int batch() {
        return 2;
    }

    @Override
    public void reconstruct(float[] sinograms, int slices, float[] into) throws InterruptedException {
        int perSlice = geometry.projections() * geometry.columns();
        for (int first = 0; first < slices; first += 2) {
            int count = Math.min(2, slices - first);
            if (filter.isPresent()) {
                filter.get().apply(sinograms, first * perSlice, count, geometry.projections(), filtered);
                transformLines(filtered, 0, count);
            } else {
                transformLines(sinograms, first * perSlice, count);
            }
            pool.forEach(gridding.size() / BAND, this::fillBands);
            takeSlices(into, first, count);
        }
    }

    private void transformLines(float[] rows, int at, int slices) throws InterruptedException {
        int columns = geometry.columns();
        int second = slices == 2 ? geometry.projections() * columns : 0;
        pool.forEach(lines.length, (from, to) -> {
            for (int p = from; p < to; p++) {
                float[] line = lines[p];
                int row = at + p * columns;
                for (int i = 0; i < columns; i++) {
                    line[2 * i] = rows[row + i];
                    line[2 * i + 1] = rows[row + second + i];
                }
                Arrays.fill(line, 2 * columns, line.length, 0);
                lineFft.backward(line);
                applyFactors(line);
            }
        });
    }

    private void applyFactors(float[] line) {
        float[] factors = gridding.factors();
        int half = gridding.length() / 2;
        line[0] *= factors[0];
        line[1] *= factors[0];
        for (int k = 1; k < half; k++) {
            float a = factors[2 * k];
            float b = factors[2 * k + 1];
            float re = line[2 * k];
            float im = line[2 * k + 1];
            line[2 * k] = re * a - im * b;
            line[2 * k + 1] = re * b + im * a;
            int mirror = 2 * (gridding.length() - k);
            re = line[mirror];
            im = line[mirror + 1];
            line[mirror] = re * a + im * b;
            line[mirror + 1] = im * a - re * b;
        }
    }

    private void fillBands(int from, int to) {
        float[] weights = new float[2 * gridding.reach() + 1];
        for (int band = from; band < to; band++) {
            int first = band * BAND;
            int end = first + BAND;
            for (int u = first; u < end; u++) {
                Arrays.fill(grid[u], 0);
            }
            for (int p = 0; p < lines.length; p++) {
                // row 0 and column 0 are at half the sampling frequency, and stay empty
                spread(lines[p], geometry.angles()[p], Math.max(1, first), end, weights);
            }
            for (int u = first; u < end; u++) {
                gridFft.forward(grid[u]);
            }
        }
    }

    /** Spreads the values of a line whose kernels touch the rows {@code first} to {@code end - 1}. */
    private void spread(float[] line, double angle, int first, int end, float[] weights) {
        int reach = gridding.reach();
        int size = gridding.size();
        int middle = size / 2;
        int last = gridding.length() / 2 - 1;
        // in single precision, as tomopy has it: places decide which entry of the kernel's table is taken
        float cosine = gridding.spacing() * (float) Math.cos((float) angle);
        float sine = gridding.spacing() * (float) Math.sin((float) angle);
        int low = -last;
        int high = last;
        if (Math.abs(cosine) * last > reach) {
            double one = (first - reach - middle) / (double) cosine;
            double two = (end - 1 + reach - middle) / (double) cosine;
            low = Math.max(low, (int) Math.floor(Math.min(one, two)));
            high = Math.min(high, (int) Math.ceil(Math.max(one, two)));
        }
        int mask = gridding.length() - 1;
        for (int k = low; k <= high; k++) {
            // negative frequencies mirror the positive ones, in their rounding too
            boolean mirrored = k < 0;
            float u = Math.abs(k) * cosine + middle;
            float v = Math.abs(k) * sine + middle;
            int lowU = (int) Math.ceil(u - reach);
            int highU = (int) (u + reach);
            int lowV = (int) Math.ceil(v - reach);
            int highV = (int) (v + reach);
            int fromU = Math.max(first, mirrored ? size - highU : lowU);
            int toU = Math.min(end - 1, mirrored ? size - lowU : highU);
            int fromV = Math.max(1, mirrored ? size - highV : lowV);
            int toV = Math.min(size - 1, mirrored ? size - lowV : highV);
            if (fromU <= toU) {
                for (int point = fromV; point <= toV; point++) {
                    weights[point - fromV] = weight(v - (mirrored ? size - point : point));
                }
                int at = 2 * (k & mask);
                float re = line[at];
                float im = line[at + 1];
                for (int point = fromU; point <= toU; point++) {
                    float weight = weight(u - (mirrored ? size - point : point));
                    add(grid[point], 2 * fromV, toV - fromV + 1, weights, weight * re, weight * im);
                }
            }
        }
    }

    private static void add(float[] row, int at, int count, float[] weights, float re, float im) {
        for (int i = 0; i < count; i++) {
            row[at + 2 * i] += weights[i] * re;
            row[at + 2 * i + 1] += weights[i] * im;
        }
    }

    private float weight(float distance) {
        // rounding may put it a little beyond the end
        return kernel[Math.min(kernel.length - 1, (int) (Math.abs(distance) * perPoint + 0.5f))];
    }

    /** A column of the grid becomes a row of the slices. */
    private void takeSlices(float[] into, int first, int slices) throws InterruptedException {
        int columns = geometry.columns();
        pool.forEach((columns + STRIP - 1) / STRIP, (from, to) -> {
            float[][] strip = new float[STRIP][2 * gridding.size()];
            for (int i = from; i < to; i++) {
                int y = i * STRIP;
                int end = Math.min(y + STRIP, columns);
                bringTogether(y, end, strip);
                for (; y < end; y++) {
                    float[] column = strip[y % STRIP];
                    gridFft.forward(column);
                    for (int slice = 0; slice < slices; slice++) {
                        int row = (first + slice) * columns + columns - 1 - y;
                        take(column, slice, gridding.correction()[y], into, row * columns);
                    }
                }
            }
        });
    }

    private void bringTogether(int y, int end, float[][] strip) {
        int mask = gridding.size() - 1;
        int first = gridding.origin() + y & mask;
        int count = Math.min(end - y, gridding.size() - first);
        for (int u = 0; u < gridding.size(); u++) {
            float[] row = grid[u];
            for (int i = 0; i < count; i++) {
                strip[i][2 * u] = row[2 * (first + i)];
                strip[i][2 * u + 1] = row[2 * (first + i) + 1];
            }
            // the strip crosses the end of the row
            for (int i = count; i < end - y; i++) {
                strip[i][2 * u] = row[2 * (i - count)];
                strip[i][2 * u + 1] = row[2 * (i - count) + 1];
            }
        }
    }

    private void take(float[] column, int part, float factor, float[] into, int at) {
        float[] correction = gridding.correction();
        int mask = gridding.size() - 1;
        for (int x = 0; x < geometry.columns(); x++) {
            into[at + x] = column[2 * (gridding.origin() + x & mask) + part] * factor * correction[x];
        }
    }

    @Override
    public void close() {
        // holds nothing but memory
    }
}
