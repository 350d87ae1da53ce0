package org.lightpipe.gpu.scattering;

import java.util.BitSet;
import java.util.Locale;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;

/** Makes a plan of the options, and says what does not fit. */
final class Planner {

    /** Full images of many angles: what a viewer can still show, and memory hold. */
    private static final int MOST_BINS = 1 << 26;

    private final IntegrationOptions options;
    private final Poni poni;
    private final String frames;

    /**
     * @param options that were checked
     * @param frames where the frames are from, for messages
     */
    Planner(IntegrationOptions options, Poni poni, String frames) {
        this.options = options;
        this.poni = poni;
        this.frames = frames;
    }

    /** @throws IllegalArgumentException names the option, its value and what it may be */
    static void check(IntegrationOptions options) {
        atLeast("npt", options.getNpt(), 1);
        atLeast("nptAzim", options.getNptAzim(), 1);
        atLeast("nptRad", options.getNptRad() == null ? 1 : options.getNptRad(), 1);
        atLeast("maxIter", options.getMaxIter(), 0);
        RadialUnit.of(options.getUnit());
        one(Splitting.class, "method", options.getMethod());
        one(ErrorModel.class, "errorModel", options.getErrorModel());
        Optional<Range> radial = Range.of("radialRange", options.getRadialRange());
        require(
                radial.isEmpty() || radial.get().to() > radial.get().from(),
                "radialRange",
                options.getRadialRange(),
                "the second number must be larger");
        Optional<Range> sector = Range.of("azimuthRange", options.getAzimuthRange());
        require(
                sector.isEmpty()
                        || Math.abs(sector.get().to()) <= 720
                                && Math.abs(sector.get().from()) <= 720
                                && sector.get().to() - sector.get().from() <= 360,
                "azimuthRange",
                options.getAzimuthRange(),
                "it must be at most one turn, in degrees");
        Double polarization = options.getPolarizationFactor();
        require(
                polarization == null || Math.abs(polarization) <= 1,
                "polarizationFactor",
                polarization,
                "it may be -1 to 1");
        require(
                options.getNormalizationFactor() > 0 && Double.isFinite(options.getNormalizationFactor()),
                "normalizationFactor",
                options.getNormalizationFactor(),
                "it must be more than 0");
        require(
                options.getThresh() >= 0 && Double.isFinite(options.getThresh()),
                "thresh",
                options.getThresh(),
                "it must be 0 or more");
        require(
                options.getDeltaDummy() == null || options.getDeltaDummy() >= 0 && options.getDummy() != null,
                "deltaDummy",
                options.getDeltaDummy(),
                "it must be 0 or more, and dummy must be given, too");
        require(
                options.getSaturation() == null || options.getSaturation() > 0,
                "saturation",
                options.getSaturation(),
                "it must be more than 0");
    }

    private static void atLeast(String option, int value, int least) {
        require(value >= least, option, value, "it must be " + least + " or more");
    }

    private static void require(boolean right, String option, Object value, String mend) {
        if (!right) {
            throw new IllegalArgumentException(option + " is " + value + "; " + mend);
        }
    }

    private static <E extends Enum<E>> E one(Class<E> type, String option, String value) {
        for (E constant : type.getEnumConstants()) {
            if (constant.toString().equals(value)) {
                return constant;
            }
        }
        StringBuilder names = new StringBuilder();
        for (E constant : type.getEnumConstants()) {
            names.append(names.isEmpty() ? "" : ", ").append(constant.toString().toLowerCase(Locale.ROOT));
        }
        throw new IllegalArgumentException(option + " is " + value + "; it may be " + names);
    }

    /**
     * @param mask pixels that do not count; is completed
     * @param dark null = none
     * @param flat null = none
     */
    Plan plan(int rows, int columns, NumberType type, BitSet mask, float[] dark, float[] flat, WorkPool threads)
            throws InvalidInputException, InterruptedException {
        checkDetector(rows, columns);
        RadialUnit unit = RadialUnit.of(options.getUnit());
        if (unit.needsWavelength() && Double.isNaN(poni.wavelength())) {
            throw new InvalidInputException(poni.file() + ": there is no line Wavelength: in it, which unit=" + unit
                    + " needs; add it (metres), or use unit=2th_deg or r_mm");
        }
        Geometry geometry = new Geometry(poni, unit, rows, columns);
        addGaps(mask, rows, columns);
        Double polarization = options.getPolarizationFactor();
        Corrections corrections = Corrections.of(
                geometry,
                flat,
                dark,
                mask,
                options.isCorrectSolidAngle(),
                polarization == null ? Double.NaN : polarization,
                options.getNormalizationFactor());
        if (mask.cardinality() == rows * columns) {
            throw new InvalidInputException(frames + ": all " + rows + " x " + columns + " pixels are masked"
                    + reasons(flat) + ", so nothing is left to integrate");
        }
        Splitting splitting = one(Splitting.class, "method", options.getMethod());
        Grid grid = grid(geometry, splitting, mask, threads);
        SparseMatrix matrix = SparseMatrix.build(geometry, splitting, grid, mask, threads);
        if (matrix.entries() == 0) {
            throw new InvalidInputException(frames + ": no pixel that is not masked lies in radialRange="
                    + options.getRadialRange() + " (" + unit + "), azimuthRange=" + options.getAzimuthRange()
                    + " (degrees); choose ranges that the detector covers with " + poni.file());
        }
        return new Plan(
                matrix,
                grid,
                unit,
                corrections,
                Validity.of(type, options.getSaturation(), options.getDummy(), options.getDeltaDummy()),
                one(ErrorModel.class, "errorModel", options.getErrorModel()),
                options.getThresh() > 0
                        ? new Plan.Clipping(options.getThresh(), options.getMaxIter())
                        : Plan.Clipping.NONE);
    }

    private static String reasons(float[] flat) {
        return flat == null ? "" : " (pixels whose flat field is 0 count as masked)";
    }

    private void checkDetector(int rows, int columns) throws InvalidInputException {
        DetectorModel detector = poni.detector();
        if (detector.rows() > 0 && (detector.rows() != rows || detector.columns() != columns)) {
            throw new InvalidInputException(frames + " has frames of " + rows + " x " + columns + " pixels, but "
                    + poni.file() + " is for " + detector.name() + " with " + detector.rows() + " x "
                    + detector.columns()
                    + " (rows x columns); give the geometry of this detector and its binning, or another dataset");
        }
    }

    private void addGaps(BitSet mask, int rows, int columns) {
        DetectorModel.Modules modules = poni.detector().modules();
        if (modules.rows() == 0) {
            return;
        }
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                if (modules.isGap(row, column)) {
                    mask.set(row * columns + column);
                }
            }
        }
    }

    private Grid grid(Geometry geometry, Splitting splitting, BitSet mask, WorkPool threads)
            throws InvalidInputException, InterruptedException {
        int radialBins = options.isAzimuthal() && options.getNptRad() != null ? options.getNptRad() : options.getNpt();
        int azimuthBins = options.isAzimuthal() ? options.getNptAzim() : 1;
        if ((long) radialBins * azimuthBins > MOST_BINS) {
            throw new InvalidInputException("npt=" + radialBins + " and nptAzim=" + azimuthBins + " are "
                    + (long) radialBins * azimuthBins + " bins; at most " + MOST_BINS + " are possible");
        }
        Optional<Range> radial = Range.of("radialRange", options.getRadialRange());
        Optional<Grid.Sector> sector = Range.of("azimuthRange", options.getAzimuthRange())
                .map(range -> Grid.Sector.degrees(range.from(), range.to()));
        Limits limits = Limits.of(geometry, splitting, mask, options.isAzimuthal() && sector.isEmpty(), threads);
        Axis radialAxis = radial.map(range -> Axis.including(range.from(), range.to(), radialBins))
                .orElseGet(() -> limits.radial(radialBins));
        Optional<Axis> azimuthAxis = options.isAzimuthal()
                ? Optional.of(sector.map(range -> Axis.including(range.from(), range.to(), azimuthBins))
                        .orElseGet(() -> limits.azimuth(azimuthBins)))
                : Optional.empty();
        return new Grid(radialAxis, azimuthAxis, sector);
    }
}
