package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/**
 * {@code gpu:statistics}: mean, largest, smallest value and standard deviation of each pixel of any stack of frames, what
 * each frame adds up to, and which pixels are hot or dead.
 *
 * <p>The result: {@code /entry/data} with the images {@code mean}, {@code maximum}, {@code minimum},
 * {@code standard_deviation} and {@code sum} {@code [row][column]}; {@code /entry/frames} with {@code total[frame]};
 * {@code /entry/instrument/detector/pixel_mask} {@code [row][column]}, which other techniques take as their mask.
 */
public final class FrameStatistics implements Technique<StatisticsOptions> {

    /** Bytes of a pixel in what is made at the end: the mean twice (for hot pixels and the preview), and the mask. */
    private static final int RESULT_BYTES = 13;

    @Override
    public String name() {
        return "statistics";
    }

    @Override
    public String summary() {
        return "Mean, largest, smallest value and spread of each pixel, counts of each frame, hot and dead pixels";
    }

    @Override
    public StatisticsOptions options() {
        return new StatisticsOptions();
    }

    @Override
    public void check(StatisticsOptions options) {
        if (options.getSaturation() != null && !(options.getSaturation() > 0)) {
            throw new IllegalArgumentException("saturation is " + options.getSaturation() + "; it must be more than 0");
        }
        if (options.getHotFactor() != 0 && !(options.getHotFactor() > 1)) {
            throw new IllegalArgumentException(
                    "hotFactor is " + options.getHotFactor() + "; it must be 0 or more than 1");
        }
    }

    @Override
    public Summary run(Job job, StatisticsOptions options)
            throws InvalidInputException, IOException, InterruptedException {
        try (FrameSource frames = job.frames(options.getDataset())) {
            int band = band(frames);
            int pixels = frames.rows() * frames.columns();
            Compute compute = job.compute(
                    DeviceAccumulator.leastBytes(pixels, frames.type()),
                    DeviceAccumulator.bestBytes(pixels, frames.type()));
            double saturation = Saturation.of(frames.type(), options.getSaturation());
            FrameTotals totals = new FrameTotals(frames.frames());
            Images images = new Images(job.result(), frames);
            if (compute.device().isPresent()) {
                try (FrameAccumulator all =
                        new DeviceAccumulator(compute.device().get(), pixels, frames.type(), saturation)) {
                    accumulate(job, frames, all, totals, 0, 1);
                    for (int from = 0; from < pixels; from += band) {
                        images.write(all.moments(from, Math.min(band, pixels - from)));
                    }
                }
            } else {
                for (int from = 0; from < pixels; from += band) {
                    int count = Math.min(band, pixels - from);
                    try (FrameAccumulator some = new WelfordAccumulator(job.threads(), from, count, saturation)) {
                        accumulate(job, frames, some, totals, (double) from / pixels, (double) count / pixels);
                        images.write(some.moments(0, count));
                    }
                }
            }
            return finish(job, options, frames, images, totals, saturation);
        }
    }

    /** As many pixels as fit the memory at once; frames that are larger are gone through several times. */
    private static int band(FrameSource frames) throws InvalidInputException {
        long pixels = (long) frames.rows() * frames.columns();
        long budget = Memory.share(4) * 3;
        long fixed = RESULT_BYTES * pixels + pixels * frames.type().bytes();
        long perRow = (long) frames.columns() * WelfordAccumulator.PIXEL_BYTES;
        if (fixed + perRow > budget) {
            throw new InvalidInputException(frames.description() + ": the images of " + frames.rows() + " x "
                    + frames.columns() + " pixels need " + Memory.text(fixed + perRow)
                    + " of memory or more, and this process can give " + Memory.text(budget)
                    + "; start it with a larger -Xmx");
        }
        return (int) Math.min(frames.rows(), (budget - fixed) / perRow) * frames.columns();
    }

    private static void accumulate(
            Job job, FrameSource frames, FrameAccumulator into, FrameTotals totals, double begin, double part)
            throws InvalidInputException, IOException, InterruptedException {
        frames.forEachBlock(0, frames.frames(), into.framesPerBlock(), block -> {
            into.add(block, totals);
            job.progress(begin + part * (block.first() + block.frames()) / frames.frames());
        });
        into.finish(totals);
    }

    private static Summary finish(
            Job job,
            StatisticsOptions options,
            FrameSource frames,
            Images images,
            FrameTotals totals,
            double saturation)
            throws IOException, InterruptedException {
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("frames", frames.frames());
        metrics.put("rows", frames.rows());
        metrics.put("columns", frames.columns());
        metrics.put("ignored", totals.ignored());
        images.metrics(metrics);
        double[] total = totals.totals();
        double average = Arrays.stream(total).average().orElse(0);
        metrics.put("counts_per_frame", average);
        if (total.length > 1) {
            metrics.put("frame_variation", variation(total, average));
            metrics.put("dark_frames", darkFrames(total));
        }
        if (saturation < Double.POSITIVE_INFINITY) {
            metrics.put("saturated", totals.saturated());
        }
        if (options.getHotFactor() > 0) {
            byte[] mask = HotPixels.find(
                    images.mean,
                    frames.rows(),
                    frames.columns(),
                    frames.frames(),
                    !frames.type().isFloat(),
                    options.getHotFactor(),
                    job.threads());
            metrics.put("hot_pixels", count(mask, HotPixels.HOT));
            metrics.put("dead_pixels", count(mask, HotPixels.DEAD));
            images.writeMask(mask);
        }
        images.writeTotals(total);
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("dataset", options.getDataset());
        parameters.put("frames", frames.description());
        parameters.put("hotFactor", options.getHotFactor());
        if (saturation < Double.POSITIVE_INFINITY) {
            parameters.put("saturation", saturation);
        }
        return new Summary("Statistics of " + frames.description(), parameters, metrics, images.preview());
    }

    private static double variation(double[] totals, double mean) {
        double square = Arrays.stream(totals)
                .map(total -> (total - mean) * (total - mean))
                .average()
                .orElse(0);
        return mean == 0 ? 0 : Math.sqrt(square) / Math.abs(mean);
    }

    /** Frames with less than half of the usual light: the shutter was closed, or the beam gone. */
    private static int darkFrames(double[] totals) {
        double[] sorted = totals.clone();
        Arrays.sort(sorted);
        double usual = sorted[sorted.length / 2];
        return (int) Arrays.stream(totals).filter(total -> total < usual / 2).count();
    }

    private static int count(byte[] mask, byte bit) {
        int count = 0;
        for (byte bits : mask) {
            count += (bits & bit) != 0 ? 1 : 0;
        }
        return count;
    }

    /** The images on their way to the file, and what is kept of them. */
    private static final class Images {

        private static final String GROUP = "/entry/data";

        private final Hdf5Writer file;
        private final int rows;
        private final int columns;
        private final int frames;
        private final Hdf5Writer.Values means;
        private final Hdf5Writer.Values maxima;
        private final Hdf5Writer.Values minima;
        private final Hdf5Writer.Values deviations;
        private final Hdf5Writer.Values sums;
        private final float[] mean;
        private int written;
        private double meanSum;
        private double deviationSum;
        private long known;
        private double largest = Double.NaN;
        private double smallest = Double.NaN;

        Images(Hdf5Writer file, FrameSource source) throws IOException {
            this.file = file;
            rows = source.rows();
            columns = source.columns();
            frames = source.frames();
            mean = new float[rows * columns];
            file.group("/entry", "NXentry");
            file.attribute("/entry", "default", "data");
            file.dataset("/entry/title", "Statistics of " + source.description(), "");
            file.group(GROUP, "NXdata");
            file.attribute(GROUP, "signal", "mean");
            file.attribute(
                    GROUP, "auxiliary_signals", new String[] {"maximum", "minimum", "standard_deviation", "sum"});
            file.attribute(GROUP, "axes", new String[] {"y", "x"});
            means = image("mean", "mean over the frames");
            maxima = image("maximum", "largest value over the frames");
            minima = image("minimum", "smallest value over the frames");
            deviations = image("standard_deviation", "standard deviation over the frames");
            sums = image("sum", "mean over the frames, times their number");
            file.dataset(GROUP + "/y", IntStream.range(0, rows).toArray(), "pixel");
            file.dataset(GROUP + "/x", IntStream.range(0, columns).toArray(), "pixel");
        }

        private Hdf5Writer.Values image(String name, String description) throws IOException {
            Hdf5Writer.Values values = file.dataset(GROUP + "/" + name, NumberType.FLOAT32, rows, columns);
            file.attribute(GROUP + "/" + name, "long_name", description);
            return values;
        }

        void write(FrameAccumulator.Moments moments) throws IOException {
            int count = moments.mean().length;
            System.arraycopy(moments.mean(), 0, mean, written, count);
            written += count;
            float[] sum = new float[count];
            for (int i = 0; i < count; i++) {
                float value = moments.mean()[i];
                sum[i] = value * frames;
                if (!Float.isNaN(value)) {
                    meanSum += value;
                    deviationSum += moments.deviation()[i];
                    known++;
                    largest = moments.maximum()[i] <= largest ? largest : moments.maximum()[i];
                    smallest = moments.minimum()[i] >= smallest ? smallest : moments.minimum()[i];
                }
            }
            means.write(moments.mean(), 0, count);
            maxima.write(moments.maximum(), 0, count);
            minima.write(moments.minimum(), 0, count);
            deviations.write(moments.deviation(), 0, count);
            sums.write(sum, 0, count);
        }

        void metrics(Map<String, Object> metrics) {
            double average = meanSum / known;
            double spread = deviationSum / known;
            metrics.put("mean", average);
            metrics.put("max", largest);
            metrics.put("min", smallest);
            metrics.put("std", spread);
            metrics.put("snr", spread > 0 ? average / spread : Double.NaN);
        }

        void writeMask(byte[] mask) throws IOException {
            file.group("/entry/instrument", "NXinstrument");
            file.group("/entry/instrument/detector", "NXdetector");
            Hdf5Writer.Values values =
                    file.dataset("/entry/instrument/detector/pixel_mask", NumberType.UINT8, rows, columns);
            values.write(ByteBuffer.wrap(mask));
            file.attribute(
                    "/entry/instrument/detector/pixel_mask", "long_name", "2 = dead, 8 = hot, 0 = as its neighbours");
        }

        void writeTotals(double[] totals) throws IOException {
            file.group("/entry/frames", "NXdata");
            file.attribute("/entry/frames", "signal", "total");
            file.attribute("/entry/frames", "axes", new String[] {"frame"});
            file.dataset("/entry/frames/total", totals, "counts");
            file.attribute("/entry/frames/total", "long_name", "What the pixels of a frame add up to");
            file.dataset(
                    "/entry/frames/frame", IntStream.range(0, totals.length).toArray(), "");
        }

        Preview preview() {
            float[][] image = new float[rows][];
            for (int row = 0; row < rows; row++) {
                image[row] = Arrays.copyOfRange(mean, row * columns, (row + 1) * columns);
            }
            return new Preview.Image(image);
        }
    }
}
