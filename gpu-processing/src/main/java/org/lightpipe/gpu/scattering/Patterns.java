package org.lightpipe.gpu.scattering;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lightpipe.gpu.technique.Preview;

/**
 * Makes patterns of sums, and keeps what all frames have in common: the pattern of all of them together, and the numbers
 * that tell whether the scan worked.
 */
final class Patterns {

    /** A frame with less than this part of the usual light was taken with the shutter closed, or without beam. */
    private static final double DARK_PART = 0.5;

    private final Plan plan;
    private final double[] monitor;
    private final double empty;
    private final double[] intensity;
    private final double[] deviation;
    private final Sums all;
    /** Of each frame: what its valid pixels add up to, divided by the monitor. */
    private final double[] totals;
    /** Of each bin: Σ I and Σ I², for how much it changes from frame to frame. */
    private final double[] sum;

    private final double[] squares;
    private final double[] first;
    private double[] last;
    private double valid;
    private int taken;

    /**
     * @param monitor of each frame; null = 1
     * @param empty the value of bins without pixels
     */
    Patterns(Plan plan, int frames, double[] monitor, double empty) {
        this.plan = plan;
        this.monitor = monitor;
        this.empty = empty;
        int bins = plan.bins();
        intensity = new double[bins];
        deviation = plan.hasErrors() ? new double[bins] : null;
        all = new Sums(
                new double[bins], new double[bins], new double[bins], plan.hasErrors() ? new double[bins] : null);
        totals = new double[frames];
        sum = new double[bins];
        squares = new double[bins];
        first = new double[bins];
        last = first;
    }

    void take(int frame, Sums sums) {
        double divisor = monitor == null ? 1 : monitor[frame];
        sums.intensity(divisor, empty, intensity);
        if (deviation != null) {
            sums.deviation(divisor, empty, deviation);
        }
        double total = 0;
        double count = 0;
        for (int bin = 0; bin < intensity.length; bin++) {
            total += sums.signal()[bin];
            count += sums.count()[bin];
            all.signal()[bin] += sums.signal()[bin];
            all.norm()[bin] += sums.norm()[bin] * divisor;
            all.count()[bin] += sums.count()[bin];
            if (all.variance() != null) {
                all.variance()[bin] += sums.variance()[bin];
            }
            if (sums.count()[bin] > 0) {
                sum[bin] += intensity[bin];
                squares[bin] += intensity[bin] * intensity[bin];
            }
        }
        totals[frame] = total / divisor;
        valid += count;
        if (taken == 0) {
            System.arraycopy(intensity, 0, first, 0, first.length);
        } else if (frame == totals.length - 1) {
            last = intensity.clone();
        }
        taken++;
    }

    /** The intensity of the last frame; NaN or what was asked for where a bin is empty. Overwritten by the next. */
    double[] intensity() {
        return intensity;
    }

    /** Its standard deviation; null = not asked for. */
    double[] deviation() {
        return deviation;
    }

    double[] totals() {
        return totals;
    }

    /** The intensity of all frames together. */
    double[] meanIntensity() {
        double[] mean = new double[plan.bins()];
        all.intensity(1, empty, mean);
        return mean;
    }

    /** Its standard deviation; null = not asked for. */
    double[] meanDeviation() {
        if (all.variance() == null) {
            return null;
        }
        double[] mean = new double[plan.bins()];
        all.deviation(1, empty, mean);
        return mean;
    }

    Map<String, Object> metrics() {
        Map<String, Object> metrics = new LinkedHashMap<>();
        double[] mean = meanIntensity();
        metrics.put("frames", totals.length);
        metrics.put("bins", plan.bins());
        metrics.put("empty_bins", (int)
                Arrays.stream(all.count()).filter(count -> !(count > 0)).count());
        metrics.put("masked_fraction", plan.corrections().maskedPart());
        metrics.put("invalid_fraction", invalidPart());
        metrics.put("counts_per_frame", Arrays.stream(totals).sum() / totals.length);
        int peak = peak(mean);
        if (peak >= 0) {
            metrics.put("max_intensity", mean[peak]);
            double[] centers = plan.grid().radial().centers();
            metrics.put("max_position", centers[peak % centers.length]);
        }
        double noise = signalToNoise(mean);
        if (Double.isFinite(noise)) {
            metrics.put("signal_to_noise", noise);
        }
        if (totals.length > 1) {
            metrics.put("frame_variation", variation());
            metrics.put("drift", drift());
            metrics.put("dark_frames", darkFrames());
        }
        return metrics;
    }

    /** The part of the pixels in all bins that did not count: saturated, dummy, no number, or clipped. */
    private double invalidPart() {
        double possible = 0;
        for (Tile tile : plan.matrix().tiles()) {
            for (int k = 0; k < tile.entries(); k++) {
                possible += tile.weight(k);
            }
        }
        // single precision on a device leaves a trace of rounding
        double part = 1 - valid / taken / possible;
        return part < 1e-9 ? 0 : part;
    }

    private int peak(double[] mean) {
        int peak = -1;
        for (int bin = 0; bin < mean.length; bin++) {
            if (all.count()[bin] > 0 && (peak < 0 || mean[bin] > mean[peak])) {
                peak = bin;
            }
        }
        return peak;
    }

    /** The median over the bins of the intensity by its error or, where none is known, by its change between frames. */
    private double signalToNoise(double[] mean) {
        double[] errors = meanDeviation();
        double[] ratios = new double[mean.length];
        int size = 0;
        for (int bin = 0; bin < mean.length; bin++) {
            if (all.count()[bin] > 0) {
                double average = sum[bin] / taken;
                double noise = errors != null
                        ? errors[bin]
                        : taken > 1 ? Math.sqrt(Math.max(0, squares[bin] / taken - average * average) / taken) : 0;
                if (noise > 0) {
                    ratios[size++] = mean[bin] / noise;
                }
            }
        }
        return median(Arrays.copyOf(ratios, size));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    /** The standard deviation of what frames add up to, by their mean. */
    private double variation() {
        double mean = Arrays.stream(totals).average().orElse(0);
        double square = Arrays.stream(totals)
                .map(total -> (total - mean) * (total - mean))
                .average()
                .orElse(0);
        return mean == 0 ? 0 : Math.sqrt(square) / Math.abs(mean);
    }

    /** How much more the last tenth of the frames add up to than the first: radiation damage, a sinking beam. */
    private double drift() {
        int tenth = Math.max(1, totals.length / 10);
        double begin = Arrays.stream(totals, 0, tenth).sum();
        double end = Arrays.stream(totals, totals.length - tenth, totals.length).sum();
        return begin == 0 ? 0 : (end - begin) / Math.abs(begin);
    }

    private int darkFrames() {
        double usual = median(totals.clone());
        return (int)
                Arrays.stream(totals).filter(total -> total < DARK_PART * usual).count();
    }

    Preview preview() {
        double[] mean = meanIntensity();
        int radialBins = plan.grid().radial().bins();
        if (plan.grid().azimuth().isPresent()) {
            float[][] image = new float[plan.bins() / radialBins][radialBins];
            for (int i = 0; i < mean.length; i++) {
                // larger angles above, as on the axis of a plot
                image[image.length - 1 - i / radialBins][i % radialBins] =
                        all.count()[i] > 0 ? (float) mean[i] : Float.NaN;
            }
            return new Preview.Image(image);
        }
        double[] centers = plan.grid().radial().centers();
        Preview.Curve all = new Preview.Curve("mean", centers, positive(mean));
        return new Preview.Plot(
                "Azimuthal integration",
                plan.unit().label(),
                "I [a.u.]",
                false,
                true,
                totals.length < 2
                        ? List.of(all)
                        : List.of(
                                all,
                                new Preview.Curve("first frame", centers, positive(first)),
                                new Preview.Curve("last frame", centers, positive(last))));
    }

    /** On a logarithmic axis there is nothing but positive numbers. */
    private static double[] positive(double[] values) {
        return Arrays.stream(values)
                .map(value -> value > 0 ? value : Double.NaN)
                .toArray();
    }
}
