package org.lightpipe.gpu.scattering;

/** Angles in radians. */
final class Circle {

    static final double TURN = 2 * Math.PI;

    private Circle() {}

    /** The angle between two directions that are each within a turn of the other, from 0 to π. */
    static double distance(double one, double other) {
        return Math.abs(near(one, other) - other);
    }

    /** The direction as the number that is nearest to another one; both within a turn of each other. */
    static double near(double angle, double other) {
        double difference = angle - other;
        if (difference > Math.PI) {
            return angle - TURN;
        }
        return difference < -Math.PI ? angle + TURN : angle;
    }
}
