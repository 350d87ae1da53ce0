package org.lightpipe.gpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * One axis of a plot: which value is at which pixel, and where its ticks are.
 *
 * @param logarithmic whether it grows by factors
 * @param low the value at its beginning
 * @param high the value at its end, more than {@code low}
 * @param from the pixel of its beginning
 * @param to the pixel of its end
 */
record PlotAxis(boolean logarithmic, double low, double high, double from, double to) {

    private static final int MOST_TICKS = 9;
    private static final double MARGIN = 0.03;

    /** @return an axis on which all of the values that it can show have room */
    static PlotAxis around(DoubleStream values, boolean logarithmic, double from, double to) {
        double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        values.filter(value -> shows(value, logarithmic)).forEach(value -> {
            range[0] = Math.min(range[0], value);
            range[1] = Math.max(range[1], value);
        });
        double low = range[0];
        double high = range[1];
        if (low > high) {
            return new PlotAxis(logarithmic, logarithmic ? 1 : 0, logarithmic ? 10 : 1, from, to);
        }
        if (logarithmic) {
            double factor = low == high ? 2 : Math.pow(high / low, MARGIN);
            return new PlotAxis(
                    true,
                    Math.max(low / factor, Double.MIN_NORMAL),
                    Math.min(high * factor, Double.MAX_VALUE),
                    from,
                    to);
        }
        // halves, since the whole range may be more than a double holds
        double margin = low == high ? Math.max(1e-300, Math.abs(low) / 2) : 2 * MARGIN * (high / 2 - low / 2);
        if (low == 0 && high == 0) {
            margin = 1;
        }
        return new PlotAxis(
                false, Math.max(low - margin, -Double.MAX_VALUE), Math.min(high + margin, Double.MAX_VALUE), from, to);
    }

    private static boolean shows(double value, boolean logarithmic) {
        return Double.isFinite(value) && (!logarithmic || value >= Double.MIN_NORMAL);
    }

    /** @return whether the axis has a place for a value */
    boolean shows(double value) {
        return shows(value, logarithmic);
    }

    /** @return the pixel of a value */
    double at(double value) {
        double part = logarithmic
                ? Math.log(value / low) / Math.log(high / low)
                : (value / 2 - low / 2) / (high / 2 - low / 2);
        return from + part * (to - from);
    }

    /** @return the values to name */
    List<Double> ticks() {
        List<Double> ticks = logarithmic ? decades() : List.of();
        return ticks.size() >= 2 ? ticks : evenly();
    }

    private List<Double> decades() {
        int first = (int) Math.ceil(Math.log10(low) - 1e-9);
        int last = (int) Math.floor(Math.log10(high) + 1e-9);
        int step = Math.max(1, (last - first) / MOST_TICKS + 1);
        List<Double> ticks = new ArrayList<>();
        for (int power = first; power <= last; power += step) {
            ticks.add(Math.pow(10, power));
        }
        return ticks;
    }

    private List<Double> evenly() {
        double rough = (high / MOST_TICKS - low / MOST_TICKS);
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
        List<Double> ticks = new ArrayList<>();
        double first = Math.ceil(low / step);
        for (int i = 0; i <= MOST_TICKS + 1 && (first + i) * step <= high; i++) {
            double tick = (first + i) * step;
            if (shows(tick)) {
                ticks.add(tick == 0 ? 0 : tick);
            }
        }
        return ticks;
    }

    /** @return a value as it is written beside its tick */
    static String text(double value) {
        double size = Math.abs(value);
        String text = size != 0 && (size < 1e-3 || size >= 1e5)
                ? String.format(Locale.ROOT, "%.3e", value)
                : String.format(Locale.ROOT, "%.6f", value);
        int exponent = text.indexOf('e');
        String digits = exponent < 0 ? text : text.substring(0, exponent);
        String shortened = digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
        return exponent < 0
                ? shortened
                : shortened + "e"
                        + Integer.parseInt(text.substring(exponent + 1).replace("+", ""));
    }
}
