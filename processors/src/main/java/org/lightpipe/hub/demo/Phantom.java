package org.lightpipe.hub.demo;

import java.util.List;

/** A sample made of ellipses, whose slice and projections are known exactly. Lengths are in units of half the field. */
final class Phantom {

    /**
     * An ellipse that adds to the attenuation inside it.
     *
     * @param x centre
     * @param y centre
     * @param a half axis along its own x
     * @param b half axis along its own y
     * @param turn angle of its own x, in degrees
     * @param mu attenuation per unit of length
     */
    record Ellipse(double x, double y, double a, double b, double turn, double mu) {

        boolean contains(double px, double py) {
            double phi = Math.toRadians(turn);
            double u = (px - x) * Math.cos(phi) + (py - y) * Math.sin(phi);
            double v = (py - y) * Math.cos(phi) - (px - x) * Math.sin(phi);
            return u * u / (a * a) + v * v / (b * b) <= 1;
        }

        /**
         * Line integral, from the Radon transform of an ellipse (Kak and Slaney, Principles of Computerized Tomographic
         * Imaging, 1988, section 3.1).
         *
         * @param theta angle of the projection in radians
         * @param s distance of the ray from the centre
         */
        double projection(double theta, double s) {
            double phi = Math.toRadians(turn);
            double ca = a * Math.cos(theta - phi);
            double sb = b * Math.sin(theta - phi);
            double r2 = ca * ca + sb * sb;
            double offset = s - x * Math.cos(theta) - y * Math.sin(theta);
            return offset * offset >= r2 ? 0 : 2 * mu * a * b * Math.sqrt(r2 - offset * offset) / r2;
        }
    }

    private final List<Ellipse> ellipses;

    Phantom(List<Ellipse> ellipses) {
        this.ellipses = List.copyOf(ellipses);
    }

    /** A capillary with grains of different density in it. */
    static Phantom capillary() {
        return new Phantom(List.of(
                new Ellipse(0, 0, 0.82, 0.82, 0, 1.2),
                new Ellipse(0, 0, 0.76, 0.76, 0, -0.9),
                new Ellipse(-0.30, 0.22, 0.24, 0.15, 30, 0.9),
                new Ellipse(0.28, 0.30, 0.16, 0.28, -20, 0.6),
                new Ellipse(0.20, -0.32, 0.30, 0.20, 10, 0.7),
                new Ellipse(0.22, -0.34, 0.10, 0.06, 60, -0.8),
                new Ellipse(-0.38, -0.30, 0.12, 0.12, 0, 1.4),
                new Ellipse(-0.05, 0.55, 0.05, 0.05, 0, 1.8),
                new Ellipse(-0.60, 0.05, 0.04, 0.09, 0, 1.6)));
    }

    double projection(double theta, double s) {
        return ellipses.stream()
                .mapToDouble(ellipse -> ellipse.projection(theta, s))
                .sum();
    }

    /** The slice {@code [row][column]}, of n by n pixels. */
    double[][] slice(int n) {
        double[][] slice = new double[n][n];
        for (int row = 0; row < n; row++) {
            for (int column = 0; column < n; column++) {
                double px = (column - n / 2.0) / (n / 2.0);
                double py = (n / 2.0 - row) / (n / 2.0);
                slice[row][column] = ellipses.stream()
                        .filter(ellipse -> ellipse.contains(px, py))
                        .mapToDouble(Ellipse::mu)
                        .sum();
            }
        }
        return slice;
    }
}
