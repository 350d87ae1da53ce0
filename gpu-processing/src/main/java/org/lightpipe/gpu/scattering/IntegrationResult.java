package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

/** The result file: NeXus, which is NXcanSAS as well where the axis is q. Patterns go to the disk as they come. */
final class IntegrationResult {

    private final Hdf5Writer file;
    private final Plan plan;
    private final Hdf5Writer.Values intensity;
    private final Hdf5Writer.Values deviation;

    IntegrationResult(Hdf5Writer file, Plan plan, Poni poni, FrameSource frames) throws IOException {
        this.file = file;
        this.plan = plan;
        boolean canSas =
                plan.unit().isMomentumTransfer() && plan.grid().azimuth().isEmpty();
        file.group("/entry", "NXentry");
        file.attribute("/entry", "default", "data");
        if (canSas) {
            file.attribute("/entry", "canSAS_class", "SASentry");
            file.attribute("/entry", "version", "1.1");
            file.dataset("/entry/definition", "NXcanSAS", "");
            file.dataset("/entry/run", frames.description(), "");
        }
        file.dataset("/entry/title", "Azimuthal integration of " + frames.description(), "");
        instrument(poni);
        long[] shape = shape(frames.frames());
        group("/entry/data", canSas, axes(true));
        intensity = file.dataset("/entry/data/I", NumberType.FLOAT32, shape);
        describe("/entry/data/I", "Intensity", plan.hasErrors());
        deviation = plan.hasErrors() ? file.dataset("/entry/data/Idev", NumberType.FLOAT32, shape) : null;
        if (deviation != null) {
            errors("/entry/data");
        }
        axis("/entry/data");
        file.dataset("/entry/data/frame", IntStream.range(0, frames.frames()).toArray(), "");
    }

    /** Writes the pattern of the next frame. */
    void write(double[] pattern, double[] errors) throws IOException {
        intensity.write(pattern, 0, pattern.length);
        if (deviation != null) {
            deviation.write(errors, 0, errors.length);
        }
    }

    /** Writes what all frames have in common. */
    void finish(Patterns patterns) throws IOException {
        group("/entry/mean", false, axes(false));
        file.dataset("/entry/mean/I", shaped(patterns.meanIntensity()), "");
        describe("/entry/mean/I", "Intensity of all frames together", plan.hasErrors());
        if (plan.hasErrors()) {
            file.dataset("/entry/mean/Idev", shaped(patterns.meanDeviation()), "");
            errors("/entry/mean");
        }
        axis("/entry/mean");

        file.group("/entry/quality", "NXdata");
        file.attribute("/entry/quality", "signal", "total");
        file.attribute("/entry/quality", "axes", new String[] {"frame"});
        file.dataset("/entry/quality/total", patterns.totals(), "counts");
        file.attribute("/entry/quality/total", "long_name", "What the pixels of a frame add up to");
        file.dataset(
                "/entry/quality/frame",
                IntStream.range(0, patterns.totals().length).toArray(),
                "");
    }

    private long[] shape(int frames) {
        int radialBins = plan.grid().radial().bins();
        return plan.grid()
                .azimuth()
                .map(axis -> new long[] {frames, axis.bins(), radialBins})
                .orElseGet(() -> new long[] {frames, radialBins});
    }

    private String[] axes(boolean withFrame) {
        String radial = plan.unit().dataset();
        if (plan.grid().azimuth().isPresent()) {
            return withFrame ? new String[] {"frame", "chi", radial} : new String[] {"chi", radial};
        }
        return withFrame ? new String[] {"frame", radial} : new String[] {radial};
    }

    private void group(String path, boolean canSas, String[] axes) throws IOException {
        file.group(path, "NXdata");
        file.attribute(path, "signal", "I");
        file.attribute(path, "axes", axes);
        for (int i = 0; i < axes.length; i++) {
            file.attribute(path, axes[i] + "_indices", i);
        }
        if (canSas) {
            file.attribute(path, "canSAS_class", "SASdata");
            file.attribute(path, "I_axes", String.join(",", axes));
        }
    }

    private void describe(String path, String name, boolean withErrors) throws IOException {
        file.attribute(path, "units", "arbitrary");
        file.attribute(path, "long_name", name);
        file.attribute(path, "interpretation", plan.grid().azimuth().isPresent() ? "image" : "spectrum");
        if (withErrors) {
            file.attribute(path, "uncertainties", "Idev");
        }
    }

    /** Viewers look for the name of the signal with _errors behind it. */
    private void errors(String group) throws IOException {
        file.attribute(group + "/Idev", "units", "arbitrary");
        file.attribute(group + "/Idev", "long_name", "Standard deviation of I");
        file.softLink(group + "/I_errors", group + "/Idev");
    }

    private void axis(String group) throws IOException {
        String radial = group + "/" + plan.unit().dataset();
        file.dataset(radial, plan.grid().radial().centers(), plan.unit().units());
        file.attribute(radial, "long_name", plan.unit().label());
        if (plan.grid().azimuth().isPresent()) {
            double[] degrees = plan.grid().azimuth().get().centers();
            for (int i = 0; i < degrees.length; i++) {
                degrees[i] = Math.toDegrees(degrees[i]);
            }
            file.dataset(group + "/chi", degrees, "degree");
            file.attribute(group + "/chi", "long_name", "χ [°]");
        }
    }

    private Object shaped(double[] values) {
        float[] flat = new float[values.length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) values[i];
        }
        if (plan.grid().azimuth().isEmpty()) {
            return flat;
        }
        int radialBins = plan.grid().radial().bins();
        float[][] lines = new float[flat.length / radialBins][];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = Arrays.copyOfRange(flat, i * radialBins, (i + 1) * radialBins);
        }
        return lines;
    }

    private void instrument(Poni poni) throws IOException {
        file.group("/entry/instrument", "NXinstrument");
        file.group("/entry/instrument/detector", "NXdetector");
        file.dataset("/entry/instrument/detector/description", poni.detector().name(), "");
        file.dataset("/entry/instrument/detector/distance", poni.distance(), "m");
        file.dataset("/entry/instrument/detector/x_pixel_size", poni.detector().pixel2(), "m");
        file.dataset("/entry/instrument/detector/y_pixel_size", poni.detector().pixel1(), "m");
        if (!Double.isNaN(poni.wavelength())) {
            file.group("/entry/instrument/monochromator", "NXmonochromator");
            file.dataset("/entry/instrument/monochromator/wavelength", poni.wavelength() * 1e10, "angstrom");
        }
    }
}
