package org.lightpipe.gpu.scattering;

import java.util.BitSet;

/**
 * What is known of each pixel before any frame comes.
 *
 * @param norm what a pixel's signal is divided by: flat field × solid angle × polarisation × normalisation factor
 * @param dark what is subtracted from each frame; null = nothing
 * @param mask the pixels that never count
 */
record Corrections(float[] norm, float[] dark, BitSet mask) {

    /**
     * @param flat null = 1 everywhere
     * @param dark null = 0 everywhere
     * @param mask is completed: pixels that cannot be corrected do not count
     * @param solidAngle whether to divide by the solid angle
     * @param polarization the factor; NaN = no correction
     * @param factor the same for all pixels
     */
    static Corrections of(
            Geometry geometry,
            float[] flat,
            float[] dark,
            BitSet mask,
            boolean solidAngle,
            double polarization,
            double factor) {
        int columns = geometry.columns();
        float[] norm = new float[geometry.rows() * columns];
        for (int pixel = 0; pixel < norm.length; pixel++) {
            int row = pixel / columns;
            int column = pixel % columns;
            double value = factor;
            if (flat != null) {
                value *= flat[pixel];
            }
            if (solidAngle) {
                value *= geometry.solidAngle(row, column);
            }
            if (!Double.isNaN(polarization)) {
                value *= geometry.polarization(row, column, polarization);
            }
            norm[pixel] = (float) value;
            boolean correct = value > 0 && norm[pixel] > 0 && Float.isFinite(norm[pixel]);
            if (!correct || dark != null && !Float.isFinite(dark[pixel])) {
                mask.set(pixel);
            }
        }
        return new Corrections(norm, dark, mask);
    }

    double maskedPart() {
        return (double) mask.cardinality() / norm.length;
    }
}
