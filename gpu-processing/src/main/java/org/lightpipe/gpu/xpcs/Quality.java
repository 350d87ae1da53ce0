package org.lightpipe.gpu.xpcs;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers that tell during the scan whether it works. */
final class Quality {

    /** Less than this share of the usual intensity is a beam that was gone. */
    private static final double DROPPED = 0.5;

    private final Map<String, Object> metrics = new LinkedHashMap<>();

    /**
     * The frames themselves.
     *
     * @param saturated values at the end of an 8-bit range
     */
    void frames(Scattering scattering, FrameSelection selection, Partition partition, boolean[] bad, long saturated) {
        int pixels = partition.order().length;
        double values = (double) selection.samples() * pixels;
        int badPixels = 0;
        for (boolean one : bad) {
            badPixels += one ? 1 : 0;
        }
        metrics.put("frames", selection.samples() * selection.average());
        metrics.put("samples", selection.samples());
        metrics.put("pixels", pixels);
        metrics.put("binnedPixels", partition.binned());
        metrics.put("dynamicBins", partition.filledDynamic().size());
        metrics.put("staticBins", partition.filledStatic().size());
        metrics.put("totalCounts", scattering.total() * selection.average());
        metrics.put("meanCountRate", scattering.total() / values);
        metrics.put("badPixels", badPixels);
        metrics.put("badPixelFraction", (double) badPixels / pixels);
        metrics.put("saturatedFraction", saturated / (values * selection.average()));
        intensity(scattering.intensity());
    }

    private void intensity(float[] intensity) {
        double mean = 0;
        for (float value : intensity) {
            mean += value / intensity.length;
        }
        double variance = 0;
        for (float value : intensity) {
            variance += (value - mean) * (value - mean) / intensity.length;
        }
        float[] sorted = intensity.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        int dropped = 0;
        for (float value : intensity) {
            dropped += value < DROPPED * median ? 1 : 0;
        }
        metrics.put("intensityVariation", mean > 0 ? Math.sqrt(variance) / mean : 0.0);
        metrics.put("beamDropOuts", dropped);
    }

    /** The correlation: its excess over 1 at the shortest delay is the contrast of the speckles. */
    void multitau(Averages averages, long delays) {
        double sum = 0;
        int bins = 0;
        for (float g2 : averages.g2()[0]) {
            if (!Float.isNaN(g2)) {
                sum += g2 - 1;
                bins++;
            }
        }
        metrics.put("delays", delays);
        if (bins > 0) {
            metrics.put("contrast", sum / bins);
        }
    }

    void twotime(int bins) {
        metrics.put("twotimeBins", bins);
    }

    Map<String, Object> metrics() {
        return metrics;
    }
}
