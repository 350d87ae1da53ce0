package org.lightpipe.benchmarks;

/** Numbers for people. */
final class Units {

    private Units() {}

    static String bytes(long bytes) {
        if (bytes >= 1_000_000_000L) {
            return trimmed(bytes / 1e9) + " GB";
        }
        if (bytes >= 1_000_000L) {
            return trimmed(bytes / 1e6) + " MB";
        }
        return bytes >= 1000 ? trimmed(bytes / 1e3) + " kB" : bytes + " B";
    }

    static String seconds(double seconds) {
        return String.format(seconds < 10 ? "%.2f s" : "%.1f s", seconds);
    }

    static String times(double ratio) {
        return String.format("%.2f×", ratio);
    }

    /** A rate: with a fraction only where the whole number would say little. */
    static String number(double number) {
        return String.format(number < 10 ? "%.1f" : "%,.0f", number);
    }

    static String percent(double share) {
        return String.format("%.0f %%", share * 100);
    }

    private static String trimmed(double number) {
        String text = String.format("%.1f", number);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}
