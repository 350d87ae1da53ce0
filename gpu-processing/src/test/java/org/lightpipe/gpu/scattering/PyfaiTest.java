package org.lightpipe.gpu.scattering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.BitSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.core.NumberType;

/** The numbers of pyFAI 0.21, run beside. */
class PyfaiTest {

    private static final int ROWS = 181;
    private static final int COLUMNS = 240;

    @TempDir
    static Path folder;

    private static Pyfai pyfai;

    @BeforeAll
    static void run() throws Exception {
        pyfai = Pyfai.run(folder);
    }

    static Stream<Arguments> methods() {
        return Integrations.backends()
                .flatMap(backend -> Stream.of("no", "bbox", "full").map(method -> Arguments.of(backend, method)));
    }

    private static IntegrationOptions options(String method, String unit, int npt) {
        IntegrationOptions options = Integrations.options();
        options.setMethod(method);
        options.setUnit(unit);
        options.setNpt(npt);
        return options;
    }

    private static IntegrationOptions corrected(String method) {
        IntegrationOptions options = options(method, "2th_deg", 200);
        options.setPolarizationFactor(0.95);
        options.setErrorModel("poisson");
        options.setNormalizationFactor(2.5);
        return options;
    }

    private static BitSet mask() throws Exception {
        double[] values = pyfai.values("mask");
        BitSet mask = new BitSet();
        for (int i = 0; i < values.length; i++) {
            mask.set(i, values[i] != 0);
        }
        return mask;
    }

    private static Plan plan(String geometry, IntegrationOptions options, boolean masked, boolean corrected)
            throws Exception {
        return Integrations.plan(
                Poni.read(pyfai.path(geometry + ".poni")),
                options,
                NumberType.FLOAT32,
                masked ? mask() : new BitSet(),
                corrected ? pyfai.floats("dark") : null,
                corrected ? pyfai.floats("flat") : null);
    }

    private static Sums sums(String backend, Plan plan, String frame) throws Exception {
        return Integrations.sums(
                        backend, plan, NumberType.FLOAT32, Integrations.floats(0, ROWS, COLUMNS, pyfai.floats(frame)))
                .get(0);
    }

    /**
     * What is compared, and how closely.
     *
     * @param tolerance of the intensity, relative; of the error twice as much
     * @param ofCount of the number of pixels in a bin, relative. Positions of pixels are single precision in pyFAI, so that
     *     a few pixels fall on the other side of an edge: those bins are told by their count, and must be few
     * @param edge bins at each end that are not compared
     * @param part of the bins that must be compared: those with five pixels or more
     */
    private record Closeness(double tolerance, double ofCount, int edge, double part) {

        static Closeness of(String method) {
            return new Closeness(method.equals("no") ? 1e-6 : 1e-4, 1e-4, 0, 0.5);
        }
    }

    private static void compare(String name, Plan plan, Sums sums, Closeness closeness) throws Exception {
        double[] axis = pyfai.values(name + ".radial");
        assertThat(plan.grid().radial().centers())
                .as("radial axis of " + name)
                .containsExactly(axis, within(2e-6 * axis[axis.length - 1]));
        double[] counts = pyfai.values(name + ".count");
        double[] intensity = pyfai.values(name + ".I");
        double[] sigma = pyfai.has(name + ".sigma") ? pyfai.values(name + ".sigma") : null;
        double[] own = Integrations.intensity(sums);
        double[] deviation = sigma == null ? null : Integrations.deviation(sums);
        int compared = 0;
        int moved = 0;
        for (int bin = closeness.edge(); bin < own.length - closeness.edge(); bin++) {
            if (counts[bin] < 5) {
                continue;
            }
            compared++;
            if (Math.abs(counts[bin] - sums.count()[bin]) > 0.01 + closeness.ofCount() * counts[bin]) {
                moved++;
                continue;
            }
            double tolerance = closeness.tolerance();
            assertThat(own[bin])
                    .as(name + ": I of bin " + bin)
                    .isCloseTo(intensity[bin], within(tolerance * Math.abs(intensity[bin])));
            if (sigma != null) {
                assertThat(deviation[bin])
                        .as(name + ": sigma of bin " + bin)
                        .isCloseTo(sigma[bin], within(2 * tolerance * sigma[bin]));
            }
        }
        assertThat(compared).as(name + ": bins compared").isGreaterThan((int) (closeness.part() * own.length));
        assertThat(moved).as(name + ": bins with another count").isLessThanOrEqualTo(own.length / 50);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void patternsWithoutCorrections(String backend, String method) throws Exception {
        for (String geometry : new String[] {"geometry", "beside"}) {
            IntegrationOptions options = options(method, "q_A^-1", 150);
            options.setCorrectSolidAngle(false);
            Plan plan = plan(geometry, options, false, false);
            String name = method + (geometry.equals("geometry") ? "-inside" : "-beside") + "-plain";
            compare(name, plan, sums(backend, plan, "frame"), Closeness.of(method));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void patternsWithAllCorrectionsAndErrors(String backend, String method) throws Exception {
        for (String geometry : new String[] {"geometry", "beside"}) {
            Plan plan = plan(geometry, corrected(method), true, true);
            String name = method + (geometry.equals("geometry") ? "-inside" : "-beside") + "-all";
            compare(name, plan, sums(backend, plan, "frame"), Closeness.of(method));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void imagesOfRadiusAndAzimuth(String backend, String method) throws Exception {
        for (String geometry : new String[] {"geometry", "beside"}) {
            IntegrationOptions options = options(method, "q_nm^-1", 60);
            options.setAzimuthal(true);
            options.setNptAzim(36);
            Plan plan = plan(geometry, options, true, false);
            String name = method + (geometry.equals("geometry") ? "-inside" : "-beside") + "-cake";
            double[] angles = plan.grid().azimuth().orElseThrow().centers();
            for (int i = 0; i < angles.length; i++) {
                angles[i] = Math.toDegrees(angles[i]);
            }
            assertThat(angles).containsExactly(pyfai.values(name + ".azimuthal"), within(1e-4));
            // the areas of pyFAI's polygons are good to some 1e-3 only; ours are held against exact ones elsewhere
            Closeness closeness = method.equals("full")
                    ? new Closeness(5e-3, 5e-3, 0, 0.25)
                    : new Closeness(method.equals("no") ? 1e-6 : 1e-4, 1e-4, 0, 0.25);
            compare(name, plan, sums(backend, plan, "frame"), closeness);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void rangesAndSectors(String backend, String method) throws Exception {
        IntegrationOptions range = options(method, "r_mm", 80);
        range.setRadialRange("4,15");
        Plan plan = plan("geometry", range, false, false);
        // a pixel that is partly beyond the range counts in part here, and wholly in pyFAI
        compare(
                method + "-range",
                plan,
                sums(backend, plan, "frame"),
                new Closeness(method.equals("no") ? 1e-6 : 1e-4, 1e-4, method.equals("full") ? 2 : 0, 0.5));
        IntegrationOptions sector = options(method, "q_A^-1", 80);
        sector.setAzimuthRange("-40,75");
        plan = plan("geometry", sector, false, false);
        compare(method + "-sector", plan, sums(backend, plan, "frame"), Closeness.of(method));
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.scattering.Integrations#backends")
    void sigmaClipping(String backend) throws Exception {
        for (String model : new String[] {"poisson", "azimuthal"}) {
            IntegrationOptions options = options("no", "q_A^-1", 120);
            options.setErrorModel(model);
            options.setThresh(4);
            Plan plan = plan("geometry", options, true, false);
            compare("clip-" + model, plan, sums(backend, plan, "outliers"), new Closeness(1e-5, 1e-4, 0, 0.5));
        }
    }

    @ParameterizedTest
    @MethodSource("org.lightpipe.gpu.scattering.Integrations#backends")
    void errorsFromTheSpreadWithinABin(String backend) throws Exception {
        IntegrationOptions options = options("no", "q_A^-1", 120);
        options.setErrorModel("azimuthal");
        Plan plan = plan("geometry", options, true, false);
        compare("azimuthal-errors", plan, sums(backend, plan, "frame"), new Closeness(1e-5, 1e-4, 0, 0.5));
    }

    @Test
    void solidAngleAndPolarisationOfEachPixel() throws Exception {
        Geometry geometry = new Geometry(Poni.read(pyfai.path("geometry.poni")), RadialUnit.Q_A, ROWS, COLUMNS);
        double[] solidAngle = pyfai.values("solidangle");
        double[] polarization = pyfai.values("polarization");
        double[] q = pyfai.values("q");
        double[] chi = pyfai.values("chi");
        PixelRow row = new PixelRow(geometry, false, true);
        for (int y = 0; y < ROWS; y++) {
            row.load(y);
            for (int x = 0; x < COLUMNS; x++) {
                int pixel = y * COLUMNS + x;
                assertThat(geometry.solidAngle(y, x)).isCloseTo(solidAngle[pixel], within(1e-6));
                assertThat(geometry.polarization(y, x, 0.95)).isCloseTo(polarization[pixel], within(2e-6));
                assertThat(row.radial(x)).isCloseTo(q[pixel], within(1e-6));
                assertThat(Circle.distance(row.azimuth(x), chi[pixel])).isLessThan(1e-3);
            }
        }
    }
}
