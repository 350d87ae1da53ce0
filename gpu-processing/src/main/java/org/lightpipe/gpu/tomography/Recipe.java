package org.lightpipe.gpu.tomography;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is done to the counts before they are reconstructed, in this order.
 *
 * @param dezinger takes outliers out of the counts; null = none
 * @param stripes takes stripes out of the transmission; null = none
 * @param phase retrieves the phase; null = no
 * @param minusLog whether the logarithm is taken
 * @param names of the steps, for people
 */
record Recipe(Dezinger dezinger, SinogramFilter stripes, PhaseRetrieval phase, boolean minusLog, List<String> names) {

    static Recipe of(TomographyOptions options) {
        List<String> names = new ArrayList<>();
        Dezinger dezinger = null;
        if (options.dezinger > 0) {
            dezinger = new Dezinger(options.dezinger, options.dezingerThreshold);
            names.add("dezinger");
        }
        names.add("flat field");
        SinogramFilter stripes = stripes(options);
        if (stripes != null) {
            names.add("remove stripe " + options.removeStripeMethod);
        }
        // twice as wide pixels see the phase of twice as wide features
        PhaseRetrieval phase = phase(options);
        if (phase != null) {
            names.add("retrieve phase " + options.retrievePhaseMethod);
        }
        if (options.minusLog) {
            names.add("minus log");
        }
        return new Recipe(dezinger, stripes, phase, options.minusLog, List.copyOf(names));
    }

    private static SinogramFilter stripes(TomographyOptions options) {
        return switch (options.removeStripeMethod.toLowerCase(Locale.ROOT)) {
            case "fw" ->
                new FourierWavelet(
                        Wavelet.of(options.fwFilter).orElseThrow(), options.fwLevel, options.fwSigma, options.fwPad);
            case "ti" -> new Titarenko(options.tiBeta, options.tiMask);
            case "vo-all" -> new VoStripes(options.voAllSnr, options.voAllLaSize, options.voAllSmSize);
            default -> null;
        };
    }

    private static PhaseRetrieval phase(TomographyOptions options) {
        if (options.retrievePhaseMethod.equals("none")) {
            return null;
        }
        double pixel = options.pixelSize * (1 << options.binning);
        return options.retrievePhaseMethod.equals("paganin")
                ? PhaseRetrieval.paganin(options.energy, options.propagationDistance, pixel, options.retrievePhaseAlpha)
                : PhaseRetrieval.generalised(
                        options.energy,
                        options.propagationDistance,
                        pixel,
                        options.retrievePhaseDeltaBeta,
                        options.retrievePhaseW);
    }

    /** @return whether a step needs all projections of a row */
    boolean looksAlongAngles() {
        return dezinger != null || stripes != null;
    }

    /** @return the bytes that one row needs in these steps, beside its sinogram */
    long bytes(int projections, int columns) {
        long bytes = 0;
        if (dezinger != null) {
            bytes = dezinger.bytes(projections, columns);
        }
        if (stripes != null) {
            bytes = Math.max(bytes, stripes.bytes(projections, columns));
        }
        return bytes;
    }
}
