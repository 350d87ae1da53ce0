package org.lightpipe.gpu.tomography;

import java.util.OptionalDouble;

/** Looks at the options before any file arrives. */
final class OptionCheck {

    private OptionCheck() {}

    /** @throws IllegalArgumentException names the option, its value and what it may be */
    static void check(TomographyOptions options) {
        if (FilterWindow.of(options.filter).isEmpty()) {
            throw wrong("filter", options.filter, "the name of a window");
        }
        center(options);
        require(options.startProj >= 0, "startProj", options.startProj, "a projection, counted from 0");
        require(options.binning >= 0 && options.binning <= 3, "binning", options.binning, "0, 1, 2 or 3");
        require(options.dezinger >= 0 && options.dezinger <= 25, "dezinger", options.dezinger, "0 (off) to 25");
        require(options.dezingerThreshold >= 0, "dezingerThreshold", options.dezingerThreshold, "0 or more counts");
        require(positive(options.brightRatio), "brightRatio", options.brightRatio, "more than 0");
        require(
                positive(options.centerSearchWidth),
                "centerSearchWidth",
                options.centerSearchWidth,
                "more than 0 columns");
        require(
                positive(options.centerSearchStep),
                "centerSearchStep",
                options.centerSearchStep,
                "more than 0 columns");
        require(Math.abs(options.laminoAngle) < 90, "laminoAngle", options.laminoAngle, "between -90 and 90 degrees");
        checkRows(options);
        checkStripes(options);
        checkPhase(options);
        if (options.laminoAngle != 0
                && (options.algorithm.equals("gridrec") || options.algorithm.equals("fourierrec"))) {
            throw wrong("algorithm", options.algorithm, "linerec with a laminoAngle: no other knows a leaning axis");
        }
    }

    private static void checkRows(TomographyOptions options) {
        require(options.slice == null || options.slice >= 0, "slice", options.slice, "a detector row, counted from 0");
        require(
                options.startRow == null || options.startRow >= 0,
                "startRow",
                options.startRow,
                "a detector row, counted from 0");
        require(
                options.nsino == null || options.nsino >= 0 && options.nsino <= 1,
                "nsino",
                options.nsino,
                "a part of the height, from 0 to 1");
        boolean several = options.volume || options.startRow != null || options.endRow != null;
        require(
                options.slice == null || !several,
                "slice",
                options.slice,
                "left out when a volume, startRow or endRow is asked for");
    }

    private static void checkStripes(TomographyOptions options) {
        require(positive(options.fwSigma), "fwSigma", options.fwSigma, "more than 0");
        require(options.fwLevel >= 0 && options.fwLevel <= 20, "fwLevel", options.fwLevel, "0 to 20");
        require(Wavelet.of(options.fwFilter).isPresent(), "fwFilter", options.fwFilter, "haar, db5, sym5 or sym16");
        require(options.tiBeta > 0 && options.tiBeta < 1, "tiBeta", options.tiBeta, "between 0 and 1");
        require(options.tiMask > 0 && options.tiMask <= 1, "tiMask", options.tiMask, "more than 0, at most 1");
        require(positive(options.voAllSnr), "voAllSnr", options.voAllSnr, "more than 0");
        require(window(options.voAllLaSize), "voAllLaSize", options.voAllLaSize, "1 to 10,000 columns");
        require(window(options.voAllSmSize), "voAllSmSize", options.voAllSmSize, "1 to 10,000 columns");
    }

    private static void checkPhase(TomographyOptions options) {
        boolean phase = !options.retrievePhaseMethod.equals("none");
        String needed = "a number above 0; retrievePhaseMethod needs it";
        require(!phase || positive(options.energy), "energy", options.energy, needed);
        require(
                !phase || positive(options.propagationDistance),
                "propagationDistance",
                options.propagationDistance,
                needed);
        require(!phase || positive(options.pixelSize), "pixelSize", options.pixelSize, needed);
        require(
                options.pixelSize == null || positive(options.pixelSize),
                "pixelSize",
                options.pixelSize,
                "more than 0 µm");
        require(positive(options.retrievePhaseAlpha), "retrievePhaseAlpha", options.retrievePhaseAlpha, "more than 0");
        require(
                positive(options.retrievePhaseDeltaBeta),
                "retrievePhaseDeltaBeta",
                options.retrievePhaseDeltaBeta,
                "more than 0");
        require(positive(options.retrievePhaseW), "retrievePhaseW", options.retrievePhaseW, "more than 0 µm");
        require(
                options.retrievePhasePad >= 0 && options.retrievePhasePad <= 10_000,
                "retrievePhasePad",
                options.retrievePhasePad,
                "0 to 10,000 rows");
    }

    /** @return the rotation centre that was given by either name */
    static OptionalDouble center(TomographyOptions options) {
        OptionalDouble center = number("center", options.center);
        OptionalDouble axis = number("rotationAxis", options.rotationAxis);
        if (center.isPresent() && axis.isPresent() && center.getAsDouble() != axis.getAsDouble()) {
            throw wrong("rotationAxis", options.rotationAxis, "left out, or the same as center=" + options.center);
        }
        return center.isPresent() ? center : axis;
    }

    private static OptionalDouble number(String option, String text) {
        if (text == null || text.isBlank()) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text.strip()));
        } catch (NumberFormatException e) {
            throw wrong(option, text, "a number, or nothing to search for it");
        }
    }

    private static boolean positive(Double value) {
        return value != null && value > 0 && Double.isFinite(value);
    }

    private static boolean window(int columns) {
        return columns >= 1 && columns <= 10_000;
    }

    private static void require(boolean right, String option, Object value, String what) {
        if (!right) {
            throw wrong(option, value, what);
        }
    }

    private static IllegalArgumentException wrong(String option, Object value, String what) {
        return new IllegalArgumentException(option + "=" + (value == null ? "" : value) + ", but it must be " + what);
    }
}
