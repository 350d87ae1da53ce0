package org.lightpipe.gpu.scattering;

import java.util.Arrays;

/** What the radial axis counts, named as pyFAI names it. */
enum RadialUnit {
    /** Momentum transfer in inverse ångström. */
    Q_A("q_A^-1", "Q", "1/angstrom", "q [1/Å]") {
        @Override
        double of(double radius, double along, double wavelength) {
            return momentumTransfer(radius, along, wavelength * 1e10);
        }
    },
    /** Momentum transfer in inverse nanometres. */
    Q_NM("q_nm^-1", "Q", "1/nm", "q [1/nm]") {
        @Override
        double of(double radius, double along, double wavelength) {
            return momentumTransfer(radius, along, wavelength * 1e9);
        }
    },
    /** Scattering angle in degrees. */
    TTH_DEG("2th_deg", "two_theta", "degree", "2θ [°]") {
        @Override
        double of(double radius, double along, double wavelength) {
            return Math.toDegrees(Math.atan2(radius, along));
        }
    },
    /** Scattering angle in radians. */
    TTH_RAD("2th_rad", "two_theta", "radian", "2θ [rad]") {
        @Override
        double of(double radius, double along, double wavelength) {
            return Math.atan2(radius, along);
        }
    },
    /** Distance from the beam in millimetres. */
    R_MM("r_mm", "r", "mm", "r [mm]") {
        @Override
        double of(double radius, double along, double wavelength) {
            return 1e3 * radius;
        }
    };

    private final String text;
    private final String dataset;
    private final String units;
    private final String label;

    RadialUnit(String text, String dataset, String units, String label) {
        this.text = text;
        this.dataset = dataset;
        this.units = units;
        this.label = label;
    }

    static RadialUnit of(String text) {
        return Arrays.stream(values())
                .filter(unit -> unit.text.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unit is " + text + "; it may be "
                        + String.join(
                                ", ",
                                Arrays.stream(values()).map(unit -> unit.text).toList())));
    }

    /**
     * @param radius the distance of a point from the beam in metres
     * @param along its distance from the sample along the beam in metres
     * @param wavelength in metres; used only by the units of momentum transfer
     */
    abstract double of(double radius, double along, double wavelength);

    boolean needsWavelength() {
        return isMomentumTransfer();
    }

    boolean isMomentumTransfer() {
        return this == Q_A || this == Q_NM;
    }

    /** The name of the axis in the result. */
    String dataset() {
        return dataset;
    }

    /** The unit as NeXus writes it. */
    String units() {
        return units;
    }

    /** For a plot. */
    String label() {
        return label;
    }

    /** 4π/λ·sin(θ) without an angle: sin²(2θ/2) = r²/(2d(d+z)), which is exact for small angles, too. */
    private static double momentumTransfer(double radius, double along, double wavelength) {
        double distance = Math.sqrt(radius * radius + along * along);
        return 4 * Math.PI / wavelength * radius / Math.sqrt(2 * distance * (distance + along));
    }

    @Override
    public String toString() {
        return text;
    }
}
