package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/**
 * {@code gpu:correct}: each frame minus the dark frame, divided by the flat field, without the pixels that do not count,
 * cut to a region and binned. The result is a stack again, {@code /entry/data/data[frame][row][column]} in single
 * precision, which other techniques take as their input.
 */
public final class FrameCorrection implements Technique<CorrectionOptions> {

    @Override
    public String name() {
        return "correct";
    }

    @Override
    public String summary() {
        return "Dark and flat field correction, mask, region and binning of frames: a corrected stack";
    }

    @Override
    public CorrectionOptions options() {
        return new CorrectionOptions();
    }

    @Override
    public void check(CorrectionOptions options) {
        if (options.getBinning() < 1) {
            throw new IllegalArgumentException("binning is " + options.getBinning() + "; it must be 1 or more");
        }
        one("fill", options.getFill(), Set.of("nan", "zero", "median"));
        one("binningMode", options.getBinningMode(), Set.of("sum", "mean"));
        Region.check(options.getRoi());
        if (options.getSaturation() != null && !(options.getSaturation() > 0)) {
            throw new IllegalArgumentException("saturation is " + options.getSaturation() + "; it must be more than 0");
        }
    }

    private static void one(String option, String value, Set<String> choices) {
        if (!choices.contains(value)) {
            throw new IllegalArgumentException(option + " is " + value + "; it may be "
                    + String.join(", ", choices.stream().sorted().toList()));
        }
    }

    @Override
    public Summary run(Job job, CorrectionOptions options)
            throws InvalidInputException, IOException, InterruptedException {
        try (FrameSource frames = job.frames(options.getDataset())) {
            int rows = frames.rows();
            int columns = frames.columns();
            float[] dark = CompanionImage.read(job, "dark", options.getDark(), rows, columns)
                    .map(CompanionImage::values)
                    .orElse(null);
            float[] flat = CompanionImage.read(job, "flat", options.getFlat(), rows, columns)
                    .map(CompanionImage::values)
                    .orElse(null);
            BitSet mask = CompanionImage.read(job, "mask", options.getMask(), rows, columns)
                    .map(CompanionImage::mask)
                    .orElseGet(BitSet::new);
            CorrectionPlan plan = CorrectionPlan.of(
                    rows,
                    columns,
                    dark,
                    flat,
                    mask,
                    Saturation.of(frames.type(), options.getSaturation()),
                    options,
                    frames.description());
            NumberType type = frames.type();
            Compute compute =
                    job.compute(DeviceCorrector.leastBytes(plan, type), DeviceCorrector.bestBytes(plan, type));
            Stack stack = new Stack(job.result(), plan, frames);
            try (Corrector corrector = compute.device().isPresent()
                    ? new DeviceCorrector(compute.device().get(), plan, type)
                    : new JavaCorrector(plan, compute.threads())) {
                Corrector.Output output = (first, count, values) -> {
                    stack.write(values);
                    job.progress((double) (first + count) / frames.frames());
                };
                frames.forEachBlock(
                        0, frames.frames(), corrector.framesPerBlock(), block -> corrector.correct(block, output));
                corrector.finish(output);
            }
            return new Summary(
                    "Corrected frames of " + frames.description(),
                    parameters(options, frames),
                    stack.metrics(),
                    stack.preview());
        }
    }

    private static Map<String, Object> parameters(CorrectionOptions options, FrameSource frames) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("frames", frames.description());
        parameters.put("dark", options.getDark());
        parameters.put("flat", options.getFlat());
        parameters.put("mask", options.getMask());
        parameters.put("fill", options.getFill());
        parameters.put("roi", options.getRoi());
        parameters.put("binning", options.getBinning());
        parameters.put("binningMode", options.getBinningMode());
        return parameters;
    }

    /** The corrected stack on its way to the file. */
    private static final class Stack {

        private final CorrectionPlan plan;
        private final int frames;
        private final Hdf5Writer.Values values;
        private final double[] sum;
        private final int[] known;
        private double total;
        private long unknown;

        Stack(Hdf5Writer file, CorrectionPlan plan, FrameSource source) throws IOException {
            this.plan = plan;
            frames = source.frames();
            sum = new double[plan.pixelsOut()];
            known = new int[plan.pixelsOut()];
            file.group("/entry", "NXentry");
            file.attribute("/entry", "default", "data");
            file.dataset("/entry/title", "Corrected frames of " + source.description(), "");
            file.group("/entry/data", "NXdata");
            file.attribute("/entry/data", "signal", "data");
            file.attribute("/entry/data", "axes", new String[] {"frame", "y", "x"});
            values = file.dataset("/entry/data/data", NumberType.FLOAT32, frames, plan.rowsOut(), plan.columnsOut());
            file.attribute("/entry/data/data", "interpretation", "image");
            file.dataset("/entry/data/frame", IntStream.range(0, frames).toArray(), "");
            file.dataset("/entry/data/y", axis(plan.region().row(), plan.rowsOut()), "pixel");
            file.dataset("/entry/data/x", axis(plan.region().column(), plan.columnsOut()), "pixel");
        }

        /** The middle of each pixel, in pixels of the detector. */
        private double[] axis(int first, int count) {
            return IntStream.range(0, count)
                    .mapToDouble(i -> first + (i + 0.5) * plan.binning() - 0.5)
                    .toArray();
        }

        void write(float[] corrected) throws IOException {
            values.write(corrected, 0, corrected.length);
            for (int i = 0; i < corrected.length; i++) {
                float value = corrected[i];
                if (Float.isNaN(value)) {
                    unknown++;
                } else {
                    int pixel = i % sum.length;
                    sum[pixel] += value;
                    known[pixel]++;
                    total += value;
                }
            }
        }

        Map<String, Object> metrics() {
            Map<String, Object> metrics = new LinkedHashMap<>();
            metrics.put("frames", frames);
            metrics.put("rows", plan.rowsOut());
            metrics.put("columns", plan.columnsOut());
            metrics.put("counts_per_frame", total / frames);
            metrics.put("invalid_fraction", (double) unknown / frames / sum.length);
            return metrics;
        }

        Preview preview() {
            float[][] image = new float[plan.rowsOut()][plan.columnsOut()];
            for (int i = 0; i < sum.length; i++) {
                image[i / plan.columnsOut()][i % plan.columnsOut()] = (float) (sum[i] / known[i]);
            }
            return new Preview.Image(image);
        }
    }
}
