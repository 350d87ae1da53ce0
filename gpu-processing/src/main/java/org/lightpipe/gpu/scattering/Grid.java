package org.lightpipe.gpu.scattering;

import java.util.Optional;

/**
 * The bins of the result: {@code [azimuth][radial]}, or {@code [radial]} alone.
 *
 * @param radial in the unit that was chosen
 * @param azimuth in radians; empty = one pattern over all angles
 * @param sector the angles that count, in radians, where not all of them do: from a first to a second number that is
 *     larger and less than a turn away; empty = all
 */
record Grid(Axis radial, Optional<Axis> azimuth, Optional<Sector> sector) {

    /** Angles from one to another, counted upwards. */
    record Sector(double from, double to) {

        /** @return the sector between two angles in degrees; across the end of the circle where the first is larger */
        static Sector degrees(double from, double to) {
            double start = Math.toRadians(from);
            double end = Math.toRadians(to);
            while (end <= start) {
                end += Circle.TURN;
            }
            double middle = (start + end) / 2;
            double turns = Circle.TURN * Math.rint(middle / Circle.TURN);
            return new Sector(start - turns, end - turns);
        }

        double middle() {
            return (from + to) / 2;
        }
    }

    int bins() {
        return radial.bins() * azimuth.map(Axis::bins).orElse(1);
    }

    /** The angle about which the circle is laid out; its end is opposite. */
    double middle() {
        return sector.map(Sector::middle).orElse(0.0);
    }
}
