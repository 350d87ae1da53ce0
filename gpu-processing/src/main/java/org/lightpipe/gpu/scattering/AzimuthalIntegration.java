package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.frames.CompanionImage;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/**
 * {@code gpu:integrate}: small and wide angle scattering patterns, I(q) or I(q, χ) of each frame, as pyFAI integrates
 * them.
 *
 * <p>Frames are a stack of any number of dimensions, of which all but the last two count frames. The result is NeXus (and
 * NXcanSAS where the axis is q): {@code /entry/data} with {@code I[frame][q]} (or {@code I[frame][chi][q]}) and, where an
 * error model or sigma clipping is asked for, its standard deviation {@code Idev}; {@code /entry/mean} with the pattern of
 * all frames together; {@code /entry/quality} with what each frame adds up to.
 */
public final class AzimuthalIntegration implements Technique<IntegrationOptions> {

    @Override
    public String name() {
        return "integrate";
    }

    @Override
    public String summary() {
        return "Azimuthal integration of scattering frames with a calibrated geometry: I(q) or I(q, azimuth)";
    }

    @Override
    public IntegrationOptions options() {
        return new IntegrationOptions();
    }

    @Override
    public void check(IntegrationOptions options) {
        Planner.check(options);
    }

    @Override
    public Summary run(Job job, IntegrationOptions options)
            throws InvalidInputException, IOException, InterruptedException {
        if (options.getPoni().isBlank()) {
            throw new InvalidInputException(
                    "gpu:integrate needs the geometry; give the .poni file of a calibration" + " with the option poni");
        }
        Poni poni = Poni.read(job.companion("poni", options.getPoni()));
        try (FrameSource frames = job.frames(options.getDataset())) {
            int rows = frames.rows();
            int columns = frames.columns();
            Optional<CompanionImage> mask = CompanionImage.read(job, "mask", options.getMask(), rows, columns);
            Optional<CompanionImage> dark = CompanionImage.read(job, "dark", options.getDark(), rows, columns);
            Optional<CompanionImage> flat = CompanionImage.read(job, "flat", options.getFlat(), rows, columns);
            double[] monitor = monitor(job, options.getMonitor(), frames);
            Plan plan = new Planner(options, poni, frames.description())
                    .plan(
                            rows,
                            columns,
                            frames.type(),
                            mask.map(CompanionImage::mask).orElseGet(BitSet::new),
                            dark.map(CompanionImage::values).orElse(null),
                            flat.map(CompanionImage::values).orElse(null),
                            job.threads());
            return integrate(job, options, poni, frames, plan, monitor);
        }
    }

    private static Summary integrate(
            Job job, IntegrationOptions options, Poni poni, FrameSource frames, Plan plan, double[] monitor)
            throws InvalidInputException, IOException, InterruptedException {
        NumberType type = frames.type();
        Compute compute = job.compute(DeviceIntegrator.leastBytes(plan, type), DeviceIntegrator.bestBytes(plan, type));
        double empty = options.getEmpty() == null ? Double.NaN : options.getEmpty();
        Patterns patterns = new Patterns(plan, frames.frames(), monitor, empty);
        IntegrationResult result = new IntegrationResult(job.result(), plan, poni, frames);
        Integrator.Output output = (frame, sums) -> {
            patterns.take(frame, sums);
            result.write(patterns.intensity(), patterns.deviation());
            job.progress((frame + 1.0) / frames.frames());
        };
        try (Integrator integrator = integrator(compute, plan, type)) {
            frames.forEachBlock(
                    0, frames.frames(), integrator.framesPerBlock(), block -> integrator.integrate(block, output));
            integrator.finish(output);
        }
        result.finish(patterns);
        return new Summary(
                "Azimuthal integration of " + frames.description(),
                parameters(options, poni, plan, frames),
                patterns.metrics(),
                patterns.preview());
    }

    /** The integrator for a backend. */
    static Integrator integrator(Compute compute, Plan plan, NumberType type) throws IOException {
        if (compute.device().isPresent()) {
            return new DeviceIntegrator(compute.device().get(), plan, type);
        }
        return plan.needsSpread()
                ? new ClippingIntegrator(plan, compute.threads())
                : new JavaIntegrator(
                        plan, compute.threads(), Runtime.getRuntime().availableProcessors());
    }

    private static double[] monitor(Job job, String dataset, FrameSource frames)
            throws InvalidInputException, IOException {
        if (dataset.isEmpty()) {
            return null;
        }
        double[] monitor = job.hdf5()
                .require(dataset, "give the path of one number for each frame with the option monitor")
                .allDoubles();
        if (monitor.length != frames.frames()) {
            throw new InvalidInputException(frames.description() + ": monitor=" + dataset + " has " + monitor.length
                    + " values, but there are " + frames.frames() + " frames; one for each is wanted");
        }
        for (int i = 0; i < monitor.length; i++) {
            if (!(monitor[i] > 0) || Double.isInfinite(monitor[i])) {
                throw new InvalidInputException(frames.description() + ": monitor=" + dataset + " is " + monitor[i]
                        + " for frame " + i + "; frames are divided by it, so it must be more than 0");
            }
        }
        return monitor;
    }

    private static Map<String, Object> parameters(
            IntegrationOptions options, Poni poni, Plan plan, FrameSource frames) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("frames", frames.description());
        parameters.put("poni", poni.file());
        parameters.put("distance", poni.distance());
        parameters.put("poni1", poni.poni1());
        parameters.put("poni2", poni.poni2());
        parameters.put("rot1", poni.rot1());
        parameters.put("rot2", poni.rot2());
        parameters.put("rot3", poni.rot3());
        if (!Double.isNaN(poni.wavelength())) {
            parameters.put("wavelength", poni.wavelength());
        }
        parameters.put("detector", poni.detector().name());
        parameters.put("pixel1", poni.detector().pixel1());
        parameters.put("pixel2", poni.detector().pixel2());
        parameters.put("unit", options.getUnit());
        parameters.put("method", options.getMethod());
        parameters.put("npt", plan.grid().radial().bins());
        parameters.put("radialMin", plan.grid().radial().min());
        parameters.put("radialMax", plan.grid().radial().max());
        plan.grid().azimuth().ifPresent(axis -> {
            parameters.put("nptAzim", axis.bins());
            parameters.put("azimuthMin", Math.toDegrees(axis.min()));
            parameters.put("azimuthMax", Math.toDegrees(axis.max()));
        });
        putText(parameters, "azimuthRange", options.getAzimuthRange());
        putText(parameters, "mask", options.getMask());
        putText(parameters, "dark", options.getDark());
        putText(parameters, "flat", options.getFlat());
        putText(parameters, "monitor", options.getMonitor());
        parameters.put("correctSolidAngle", options.isCorrectSolidAngle());
        putNumber(parameters, "polarizationFactor", options.getPolarizationFactor());
        parameters.put("errorModel", options.getErrorModel());
        parameters.put("normalizationFactor", options.getNormalizationFactor());
        putNumber(parameters, "dummy", options.getDummy());
        putNumber(parameters, "deltaDummy", options.getDeltaDummy());
        if (Float.isFinite(plan.validity().saturation())) {
            parameters.put("saturation", (double) plan.validity().saturation());
        }
        if (plan.clipping().iterations() > 0) {
            parameters.put("thresh", plan.clipping().threshold());
            parameters.put("maxIter", plan.clipping().iterations());
        }
        return parameters;
    }

    private static void putText(Map<String, Object> parameters, String name, String value) {
        if (!value.isBlank()) {
            parameters.put(name, value);
        }
    }

    private static void putNumber(Map<String, Object> parameters, String name, Double value) {
        if (value != null) {
            parameters.put(name, value);
        }
    }
}
