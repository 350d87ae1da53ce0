package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.Arrays;

/**
 * Keeps what is not finite away from a reconstructor: two slices go through one complex transform, where a NaN of one
 * would end up in both.
 */
final class FiniteSlices implements Reconstructor {

    private static final int EXPONENT = 0x7f800000;
    private static final int LOWEST_OF_EXPONENT = 0x00800000;

    private final Reconstructor reconstructor;
    private final int valuesPerSinogram;
    private final int pixelsPerSlice;

    FiniteSlices(Reconstructor reconstructor, Geometry geometry) {
        this.reconstructor = reconstructor;
        this.valuesPerSinogram = geometry.projections() * geometry.columns();
        this.pixelsPerSlice = geometry.columns() * geometry.columns();
    }

    @Override
    public int batch() {
        return reconstructor.batch();
    }

    @Override
    public void reconstruct(float[] sinograms, int slices, float[] into) throws IOException, InterruptedException {
        boolean[] bad = new boolean[slices];
        float[] clean = sinograms;
        for (int slice = 0; slice < slices; slice++) {
            int from = slice * valuesPerSinogram;
            bad[slice] = !isFinite(sinograms, from, from + valuesPerSinogram);
            if (bad[slice]) {
                clean = clean == sinograms ? Arrays.copyOf(sinograms, slices * valuesPerSinogram) : clean;
                Arrays.fill(clean, from, from + valuesPerSinogram, 0);
            }
        }
        reconstructor.reconstruct(clean, slices, into);
        for (int slice = 0; slice < slices; slice++) {
            if (bad[slice]) {
                Arrays.fill(into, slice * pixelsPerSlice, (slice + 1) * pixelsPerSlice, Float.NaN);
            }
        }
    }

    /** Looks at the exponents: a sum would overflow where all of its parts are finite. */
    private static boolean isFinite(float[] values, int from, int to) {
        int signs = 0;
        for (int i = from; i < to; i++) {
            // carries into the sign if all bits of the exponent are set
            signs |= (Float.floatToRawIntBits(values[i]) & EXPONENT) + LOWEST_OF_EXPONENT;
        }
        return signs >= 0;
    }

    @Override
    public void close() {
        reconstructor.close();
    }
}
