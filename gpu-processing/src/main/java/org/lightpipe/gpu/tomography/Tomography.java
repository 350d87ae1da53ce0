package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/**
 * Reconstructs slices of a DataExchange scan, one or all of them, in bounded memory: {@link Scan} reads, {@link Preparation}
 * makes attenuation of counts, {@link RotationCenter} and {@link VoCenter} find the axis, {@link Reconstructors} know the
 * ways to reconstruct.
 */
public final class Tomography implements Technique<TomographyOptions> {

    /** The only way that knows a leaning axis. */
    private static final String LINE = "linerec";

    private static final double PREPARED = 0.3;

    @Override
    public String name() {
        return "tomography";
    }

    @Override
    public String summary() {
        return "Reconstructs slices of a tomography or laminography scan in the DataExchange format";
    }

    @Override
    public TomographyOptions options() {
        return new TomographyOptions();
    }

    @Override
    public void check(TomographyOptions options) {
        OptionCheck.check(options);
    }

    @Override
    public Summary run(Job job, TomographyOptions options)
            throws InvalidInputException, IOException, InterruptedException {
        Scan scan = Scan.open(job.hdf5(), options);
        boolean leaning = options.laminoAngle != 0;
        Slices slices = Slices.of(scan, options);
        Recipe recipe = Recipe.of(options);
        refuseTooLarge(scan, recipe, leaning ? scan.rows() : 1);

        // the phase retrieval looks at the rows around, laminography at all
        int pad = leaning ? scan.rows() : recipe.phase() != null ? options.retrievePhasePad : 0;
        int firstRow = Math.max(0, slices.first() - pad);
        int rows = Math.min(scan.rows(), slices.first() + slices.count() + pad) - firstRow;
        if (recipe.phase() != null && !recipe.phase().fits(rows, scan.columns())) {
            throw new InvalidInputException(scan.file() + ": propagationDistance=" + options.propagationDistance
                    + " and pixelSize=" + options.pixelSize + " spread the phase of " + rows + " x " + scan.columns()
                    + " pixels over more than the memory of this process holds; start it with a larger -Xmx");
        }
        FlatField field = scan.flatField(firstRow, rows, options.brightRatio, recipe.dezinger(), job.threads());
        Center center = center(scan, recipe, slices, options, job.threads());
        Geometry geometry = new Geometry(
                scan.projections(),
                scan.rows(),
                scan.columns(),
                scan.angles(),
                center.column(),
                Math.toRadians(options.laminoAngle));

        String algorithm = leaning ? LINE : options.algorithm;
        FilterWindow filter = FilterWindow.of(options.filter).orElseThrow();
        try (Preparation preparation = new Preparation(scan, field, firstRow, rows, recipe, job.threads())) {
            Work work = new Work(job, slices, geometry, preparation, slices.first() - firstRow, algorithm, filter);
            work.borrow();
            SliceFile file = SliceFile.begin(job.result(), scan, slices, options.pixelSize, 1 << options.binning);
            if (leaning) {
                work.volume(file);
            } else {
                work.slices(file);
            }
            Map<String, Object> parameters = parameters(scan, recipe, slices, center, algorithm, options);
            file.end(parameters);
            Map<String, Object> metrics = metrics(scan, slices, center, preparation.replaced(), rows);
            metrics.putAll(SliceQuality.of(file.middle(), scan.columns(), center.column())
                    .metrics());
            return new Summary(
                    title(scan, slices, leaning), parameters, metrics, new Preview.Image(square(file.middle())));
        }
    }

    private static String title(Scan scan, Slices slices, boolean leaning) {
        String kind = leaning ? "Laminographic" : "Tomographic";
        return slices.single()
                ? kind + " slice of " + scan.file() + ", detector row " + slices.first()
                : kind + " volume of " + scan.file() + ", detector rows " + slices.first() + " to "
                        + (slices.first() + slices.count() - 1);
    }

    private static Map<String, Object> parameters(
            Scan scan, Recipe recipe, Slices slices, Center center, String algorithm, TomographyOptions options) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("algorithm", algorithm);
        parameters.put("filter", options.filter);
        parameters.put("center", center.column());
        parameters.put("centerFrom", center.from());
        parameters.put("slice", slices.middle());
        if (!slices.single()) {
            parameters.put("startRow", slices.first());
            parameters.put("endRow", slices.first() + slices.count());
        }
        parameters.put("dataset", scan.dataset());
        parameters.put("thetaFrom", scan.thetaFrom());
        parameters.put("steps", String.join(", ", recipe.names()));
        if (options.startProj != 0 || options.endProj >= 0) {
            parameters.put("startProj", options.startProj);
            parameters.put("endProj", options.startProj + scan.projections());
        }
        putUnless(parameters, "binning", options.binning, 0);
        putUnless(parameters, "laminoAngle", options.laminoAngle, 0.0);
        putUnless(parameters, "brightRatio", options.brightRatio, 1.0);
        putUnless(parameters, "pixelSize", options.pixelSize, null);
        if (recipe.dezinger() != null) {
            parameters.put("dezinger", options.dezinger);
            parameters.put("dezingerThreshold", options.dezingerThreshold);
        }
        if (recipe.stripes() != null) {
            putStripes(parameters, options);
        }
        if (recipe.phase() != null) {
            putPhase(parameters, options);
        }
        return parameters;
    }

    private static void putUnless(Map<String, Object> parameters, String name, Object value, Object usual) {
        if (value != null && !value.equals(usual)) {
            parameters.put(name, value);
        }
    }

    private static void putStripes(Map<String, Object> parameters, TomographyOptions options) {
        switch (options.removeStripeMethod) {
            case "fw" -> {
                parameters.put("fwSigma", options.fwSigma);
                parameters.put("fwFilter", options.fwFilter);
                parameters.put("fwLevel", options.fwLevel);
                parameters.put("fwPad", String.valueOf(options.fwPad));
            }
            case "ti" -> {
                parameters.put("tiBeta", options.tiBeta);
                parameters.put("tiMask", options.tiMask);
            }
            default -> {
                parameters.put("voAllSnr", options.voAllSnr);
                parameters.put("voAllLaSize", options.voAllLaSize);
                parameters.put("voAllSmSize", options.voAllSmSize);
            }
        }
    }

    private static void putPhase(Map<String, Object> parameters, TomographyOptions options) {
        parameters.put("energy", options.energy);
        parameters.put("propagationDistance", options.propagationDistance);
        if (options.retrievePhaseMethod.equals("paganin")) {
            parameters.put("retrievePhaseAlpha", options.retrievePhaseAlpha);
        } else {
            parameters.put("retrievePhaseDeltaBeta", options.retrievePhaseDeltaBeta);
            parameters.put("retrievePhaseW", options.retrievePhaseW);
        }
    }

    private static Map<String, Object> metrics(Scan scan, Slices slices, Center center, long replaced, int rows) {
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("center", center.column());
        metrics.put("projections", scan.projections());
        metrics.put("columns", scan.columns());
        metrics.put("slice", slices.middle());
        metrics.put("slices", slices.count());
        metrics.put("replaced", replaced);
        metrics.put("completeness", 1 - (double) replaced / scan.projections() / scan.columns() / rows);
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double angle : scan.angles()) {
            least = Math.min(least, angle);
            most = Math.max(most, angle);
        }
        metrics.put("degrees", Math.toDegrees(most - least));
        return metrics;
    }

    private static float[][] square(float[] slice) {
        int size = (int) Math.round(Math.sqrt(slice.length));
        float[][] rows = new float[size][size];
        for (int row = 0; row < size; row++) {
            System.arraycopy(slice, row * size, rows[row], 0, size);
        }
        return rows;
    }

    /** Where the axis is, and who said so. */
    private record Center(double column, String from) {}

    private static Center center(Scan scan, Recipe recipe, Slices slices, TomographyOptions options, WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        OptionalDouble given = OptionCheck.center(options);
        int factor = 1 << options.binning;
        if (given.isPresent()) {
            double most = (double) scan.columns() * factor - 1;
            if (!(given.getAsDouble() >= 0 && given.getAsDouble() <= most)) {
                throw new InvalidInputException(scan.file() + ": center=" + given.getAsDouble()
                        + " lies outside the columns 0 to " + (int) most);
            }
            // the middle of a pixel is at a whole number, before and after
            return new Center((given.getAsDouble() + 0.5) / factor - 0.5, "option");
        }
        Sinogram sinogram = sinogram(scan, recipe, slices.centerRow(), options.brightRatio, threads);
        OptionalDouble found = switch (options.rotationAxisMethod) {
            case "vo" ->
                OptionalDouble.of(new VoCenter(options.centerSearchWidth / factor, options.centerSearchStep, threads)
                        .search(sinogram));
            case "phase" -> RotationCenter.byPhase(sinogram);
            default -> RotationCenter.byCorrelation(sinogram);
        };
        if (found.isEmpty()) {
            throw new InvalidInputException(scan.file()
                    + ": the rotation centre cannot be found, because no two projections half a turn apart match; give it"
                    + " with the option center");
        }
        double column = Math.max(0, Math.min(scan.columns() - 1, found.getAsDouble()));
        return new Center(column, "search by " + options.rotationAxisMethod);
    }

    /** The attenuation in one detector row, without phase retrieval: all that the search of the centre needs. */
    static Sinogram sinogram(Scan scan, Recipe recipe, int row, double brightRatio, WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        Recipe plain = new Recipe(recipe.dezinger(), recipe.stripes(), null, recipe.minusLog(), recipe.names());
        FlatField field = scan.flatField(row, 1, brightRatio, recipe.dezinger(), threads);
        float[] values = new float[scan.projections() * scan.columns()];
        try (Preparation preparation = new Preparation(scan, field, row, 1, plain, threads)) {
            preparation.sinograms(0, 1, values);
        }
        return new Sinogram(values, scan.columns(), scan.angles());
    }

    private static void refuseTooLarge(Scan scan, Recipe recipe, int rows) throws InvalidInputException {
        long sinogram = 4L * scan.projections() * scan.columns();
        long slice = 4L * scan.columns() * scan.columns();
        long fields = 8L * rows * scan.columns();
        long bytes = 2 * sinogram + 2 * slice + fields + recipe.bytes(scan.projections(), scan.columns());
        if (bytes > Memory.share(1) / 4 * 3 || Math.max(sinogram, slice) / 4 > Integer.MAX_VALUE - 8) {
            throw new InvalidInputException(scan.file() + ": one slice of " + scan.projections() + " projections of "
                    + scan.columns() + " columns needs about " + Memory.text(bytes)
                    + " of memory, and this process has " + Memory.text(Memory.share(1))
                    + "; start it with a larger -Xmx, or use binning");
        }
    }

    /** The way from sinograms to slices in the file. */
    private static final class Work {

        private final Job job;
        private final Slices slices;
        private final Geometry geometry;
        private final Preparation preparation;
        private final int offset;
        private final String algorithm;
        private final FilterWindow filter;
        private Compute compute;

        Work(
                Job job,
                Slices slices,
                Geometry geometry,
                Preparation preparation,
                int offset,
                String algorithm,
                FilterWindow filter) {
            this.job = job;
            this.slices = slices;
            this.geometry = geometry;
            this.preparation = preparation;
            this.offset = offset;
            this.algorithm = algorithm;
            this.filter = filter;
        }

        void borrow() throws InvalidInputException, IOException, InterruptedException {
            // two lots of slices, so that one is copied while the other is computed; a leaning axis wants all of them
            long best = geometry.laminoAngle() == 0
                    ? 2 * Reconstructors.bytes(algorithm, geometry, fitting())
                    : Reconstructors.bytes(algorithm, geometry, slices.count());
            compute = job.compute(Reconstructors.bytes(algorithm, geometry, 1), best);
            long beside = 8L * geometry.columns() * (geometry.projections() + geometry.columns());
            long bytes = beside + Reconstructors.hostBytes(algorithm, geometry);
            if (compute.device().isEmpty() && bytes > Memory.share(1) / 10 * 9) {
                throw new InvalidInputException(job.file().getFileName() + ": algorithm=" + algorithm + " needs about "
                        + Memory.text(bytes) + " of memory for one slice, and this process has "
                        + Memory.text(Memory.share(1)) + "; start it with a larger -Xmx, or use binning");
            }
        }

        /** How many slices at a time the memory of this machine holds, the next ones being read meanwhile. */
        private int fitting() {
            long sinogram = 4L * geometry.projections() * geometry.columns();
            long slice = 4L * geometry.columns() * geometry.columns();
            long fit = Math.min(Memory.share(12) / sinogram, Memory.share(12) / slice);
            return (int) Math.max(1, Math.min(slices.count(), Math.min(fit, 1L << 10)));
        }

        void slices(SliceFile file) throws InvalidInputException, IOException, InterruptedException {
            try (Reconstructor reconstructor = Reconstructors.of(algorithm, filter, geometry, compute)) {
                int fit = fitting();
                int batch = reconstructor.batch();
                int slab = fit > batch ? fit / batch * batch : fit;
                preparation.begin(slab, done -> job.progress(PREPARED * done));
                int sinogram = geometry.projections() * geometry.columns();
                int slice = geometry.columns() * geometry.columns();
                float[] into = new float[Math.multiplyExact(slab, slice)];
                try (Ahead ahead = new Ahead(
                        slices.count(),
                        slab,
                        Math.multiplyExact(slab, sinogram),
                        (from, count, values) -> preparation.sinograms(offset + from, count, values))) {
                    for (int from = 0; from < slices.count(); from += slab) {
                        int count = Math.min(slab, slices.count() - from);
                        reconstructor.reconstruct(ahead.next(), count, into);
                        file.write(into, from, count);
                        job.progress(PREPARED + (1 - PREPARED) * (from + count) / slices.count());
                    }
                }
            }
        }

        /** A volume that does not fit the memory is made in parts, and each part sees all projections. */
        void volume(SliceFile file) throws InvalidInputException, IOException, InterruptedException {
            int part = part();
            int parts = (slices.count() + part - 1) / part;
            if (parts > 1) {
                preparation.keep(done -> job.progress(PREPARED * done));
            }
            double before = parts > 1 ? PREPARED : 0;
            int slab = Math.min(part, fitting());
            float[] into = new float[Math.multiplyExact(slab, geometry.columns() * geometry.columns())];
            for (int first = 0; first < slices.count(); first += part) {
                int count = Math.min(part, slices.count() - first);
                double start = before + (1 - before) * first / slices.count();
                double share = (1 - before) * count / slices.count();
                try (VolumeReconstructor reconstructor =
                        Reconstructors.laminography(filter, geometry, slices.first() + first, count, compute)) {
                    preparation.forEachProjections(
                            reconstructor::add, done -> job.progress(start + 0.9 * share * done));
                    for (int from = first; from < first + count; from += slab) {
                        int some = Math.min(slab, first + count - from);
                        reconstructor.slices(slices.first() + from, some, into);
                        file.write(into, from, some);
                    }
                }
                job.progress(start + share);
            }
        }

        private int part() {
            long slice = 4L * geometry.columns() * geometry.columns();
            long fit = Memory.share(5) / slice;
            if (compute.device().isPresent()) {
                long available = compute.device().get().available();
                fit = slices.count();
                while (fit > 1 && Reconstructors.bytes(algorithm, geometry, (int) fit) > available) {
                    fit -= (fit + 15) / 16;
                }
            }
            return (int) Math.max(1, Math.min(slices.count(), fit));
        }
    }
}
