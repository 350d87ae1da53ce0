package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Parallel-beam filtered back projection on the processor (Kak and Slaney, Principles of Computerized Tomographic
 * Imaging, chapter 3): every pixel sums what the filtered projections show at its place, linearly interpolated, times π
 * / projections.
 *
 * <p>Interpolation picks two neighbours from another place for each pixel, which no loop over a row can do with the
 * vector instructions of the processor. But along a row the places advance by the same step everywhere in the slice. So
 * each projection is written down once as a function of the place between two steps, and the rows are sums of such
 * functions, as they lie in memory. Columns take the place of rows where the step along a row is the smaller one, so that
 * a step is never longer than a column and never much shorter.
 */
final class FilteredBackProjection implements Reconstructor {

    /** The samples of so many projections are held at a time: enough to keep all threads busy between two meetings. */
    private static final int AT_A_TIME = 32;

    private final Geometry geometry;
    private final WorkPool pool;
    private final RowFilter filter;
    private final float[] filtered;

    /** What the steep projections add, {@code [column][row]}, so that their rows lie in memory too. */
    private final float[] turned;

    private final Samples[] samples;

    FilteredBackProjection(FilterWindow window, Geometry geometry, WorkPool pool) {
        this.geometry = geometry;
        this.pool = pool;
        int columns = geometry.columns();
        this.filter = new RowFilter(window, columns, Math.PI / geometry.projections(), pool);
        this.filtered = new float[geometry.projections() * columns];
        this.turned = new float[columns * columns];
        this.samples = new Samples[Math.min(AT_A_TIME, geometry.projections())];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = new Samples(columns);
        }
    }

    /** @return the bytes of memory for the samples of the projections that are held at a time */
    static long samplesBytes(Geometry geometry) {
        return 5L * 4 * Samples.length(geometry.columns()) * AT_A_TIME;
    }

    @Override
    public int batch() {
        return 1;
    }

    @Override
    public void reconstruct(float[] sinograms, int slices, float[] into) throws InterruptedException {
        int columns = geometry.columns();
        for (int slice = 0; slice < slices; slice++) {
            filter.apply(sinograms, slice * filtered.length, 1, geometry.projections(), filtered);
            int at = slice * columns * columns;
            Arrays.fill(into, at, at + columns * columns, 0);
            Arrays.fill(turned, 0);
            for (int first = 0; first < geometry.projections(); first += samples.length) {
                addProjections(first, Math.min(first + samples.length, geometry.projections()), into, at);
            }
            addTurned(into, at);
        }
    }

    private void addProjections(int first, int end, float[] into, int at) throws InterruptedException {
        int columns = geometry.columns();
        pool.forEach(end - first, (from, to) -> {
            for (int i = from; i < to; i++) {
                int projection = first + i;
                samples[i].take(filtered, projection * columns, geometry.angles()[projection], geometry.center());
            }
        });
        pool.forEach(columns, (from, to) -> {
            float[] shifted = new float[Samples.length(columns)];
            // one projection after the other, so that its samples stay in the processor's cache for all of the lines
            for (int i = 0; i < end - first; i++) {
                for (int line = from; line < to; line++) {
                    if (samples[i].alongRows()) {
                        samples[i].add(line, into, at + (columns - 1 - line) * columns, shifted);
                    } else {
                        samples[i].add(line, turned, line * columns, shifted);
                    }
                }
            }
        });
    }

    private void addTurned(float[] into, int at) throws InterruptedException {
        int columns = geometry.columns();
        int side = 16;
        pool.forEach((columns + side - 1) / side, (from, to) -> {
            for (int firstY = from * side; firstY < Math.min(to * side, columns); firstY += side) {
                int endY = Math.min(firstY + side, columns);
                for (int firstX = 0; firstX < columns; firstX += side) {
                    addTile(into, at, firstX, Math.min(firstX + side, columns), firstY, endY);
                }
            }
        });
    }

    private void addTile(float[] into, int at, int firstX, int endX, int firstY, int endY) {
        int columns = geometry.columns();
        for (int y = firstY; y < endY; y++) {
            int row = at + (columns - 1 - y) * columns;
            for (int x = firstX; x < endX; x++) {
                into[row + x] += turned[x * columns + y];
            }
        }
    }

    @Override
    public void close() {
        // holds nothing but memory
    }

    /**
     * One projection, as a function of the place between two steps: sample k holds what the projection is from step k to
     * step k + 1. As a step is one column at most, this is a straight line with at most one bend, at a column. With w
     * from 0 to 1 it is {@code constant + slope w + change |w - bend|}.
     */
    private static final class Samples {

        /** Zeros on both sides: beyond its ends a projection falls to zero within a column. */
        private static final int BEYOND = 3;

        private final int columns;
        private final float[] projection;
        private final float[] constant;
        private final float[] slope;
        private final float[] bend;
        private final float[] change;

        private boolean alongRows;
        private double along;
        private double across;

        /** Where the projection has become zero on both sides, in steps. */
        private double lowest;

        private double highest;

        Samples(int columns) {
            this.columns = columns;
            projection = new float[columns + 2 * BEYOND];
            constant = new float[length(columns)];
            slope = new float[length(columns)];
            bend = new float[length(columns)];
            change = new float[length(columns)];
        }

        /** All the lines of a slice meet samples within twice its width, and one more at both ends. */
        static int length(int columns) {
            return 2 * columns + 4;
        }

        boolean alongRows() {
            return alongRows;
        }

        void take(float[] projections, int at, double angle, double center) {
            double cosine = Math.cos(angle);
            double sine = Math.sin(angle);
            alongRows = Math.abs(cosine) >= Math.abs(sine);
            // where steps go down, the mirror image of the projection is taken: there they go up
            int sign = (alongRows ? cosine : sine) < 0 ? -1 : 1;
            along = sign * (alongRows ? cosine : sine);
            across = sign * (alongRows ? sine : cosine);
            double axis = sign < 0 ? columns - 1 - center : center;
            for (int column = 0; column < columns; column++) {
                projection[BEYOND + column] = projections[at + (sign < 0 ? columns - 1 - column : column)];
            }
            double start = axis - (columns + 1) * along;
            lowest = (-1 - start) / along;
            highest = (columns - start) / along;
            int first = (int) Math.max(0, Math.floor(lowest));
            int end = (int) Math.min(constant.length, Math.ceil(highest) + 1);
            for (int k = first; k < end; k++) {
                double place = start + k * along + BEYOND;
                int left = (int) place;
                float line = (float) along * (projection[left + 1] - projection[left]);
                double next = (left + 1 - place) / along;
                float half = next < 1 ? ((float) along * (projection[left + 2] - projection[left + 1]) - line) / 2 : 0;
                float value = projection[left] + (float) (place - left) * (projection[left + 1] - projection[left]);
                bend[k] = (float) Math.min(1, next);
                change[k] = half;
                slope[k] = line + half;
                constant[k] = value - half * bend[k];
            }
        }

        /**
         * Adds the projection to a line of pixels, as far as it covers it.
         *
         * @param shifted room for {@link #length} values
         */
        void add(int line, float[] into, int at, float[] shifted) {
            double begin = columns + 1 - columns / 2 + across / along * (line - columns / 2);
            int from = (int) Math.max(0, Math.ceil(lowest - begin));
            int to = (int) Math.min(columns, Math.floor(highest - begin) + 1);
            if (from < to) {
                int sample = (int) begin;
                float part = (float) (begin - sample);
                // the loop becomes one of vectors only where all of its arrays have the same index
                System.arraycopy(into, at + from, shifted, sample + from, to - from);
                addSamples(shifted, sample + from, sample + to, part, constant, slope, bend, change);
                System.arraycopy(shifted, sample + from, into, at + from, to - from);
            }
        }

        /** Nearly all of the time goes here. */
        private static void addSamples(
                float[] into,
                int from,
                int to,
                float part,
                float[] constant,
                float[] slope,
                float[] bend,
                float[] change) {
            for (int k = from; k < to; k++) {
                into[k] += constant[k] + part * slope[k] + Math.abs(part - bend[k]) * change[k];
            }
        }
    }
}
