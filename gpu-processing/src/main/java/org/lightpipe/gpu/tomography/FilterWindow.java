package org.lightpipe.gpu.tomography;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/**
 * The windows of the ramp filter, which all end at the Nyquist frequency. Formulas as in tomocupy; tomopy's gridrec has
 * another Hann by default, one that ends at half of it.
 */
enum FilterWindow {
    /** No filter at all: the plain back projection. */
    NONE(f -> 1),
    /** Shepp-Logan: {@code sin(πf)/(πf)}. */
    SHEPP(f -> f == 0 ? 1 : Math.sin(Math.PI * f) / (Math.PI * f)),
    /** The plain ramp (Ram-Lak). */
    RAMP(f -> 1),
    /** Another name of the plain ramp. */
    RAMLAK(f -> 1),
    /** {@code (1 + cos 2πf) / 2}. */
    HANN(f -> 0.5 * (1 + Math.cos(2 * Math.PI * f))),
    /** {@code 0.54 + 0.46 cos 2πf}. */
    HAMMING(f -> 0.54 + 0.46 * Math.cos(2 * Math.PI * f)),
    /** {@code (1 - 2f)³}. */
    PARZEN(f -> Math.pow(1 - 2 * f, 3)),
    /** {@code cos πf}. */
    COSINE(f -> Math.cos(Math.PI * f)),
    /** {@code 1 / (1 + (2f)^16)}. */
    BUTTERWORTH(f -> 1 / (1 + Math.pow(2 * f, 16)));

    private final DoubleUnaryOperator window;

    FilterWindow(DoubleUnaryOperator window) {
        this.window = window;
    }

    /**
     * @param frequency cycles per pixel, 0 to 0.5
     * @return the factor on the ramp
     */
    double at(double frequency) {
        return window.applyAsDouble(frequency);
    }

    /** @return the name as an endpoint option */
    String option() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<FilterWindow> of(String option) {
        return Arrays.stream(values())
                .filter(window -> window.option().equals(option))
                .findFirst();
    }
}
