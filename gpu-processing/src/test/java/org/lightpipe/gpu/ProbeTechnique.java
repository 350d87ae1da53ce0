package org.lightpipe.gpu;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/** A technique as small as can be: the sum of all frames, times a factor. */
public final class ProbeTechnique implements Technique<ProbeTechnique.Options> {

    /** An option of each type. */
    @UriParams
    public static final class Options {
        @UriParam(label = "probe", description = "Where the frames are")
        private String dataset = "";

        @UriParam(label = "probe", defaultValue = "1", description = "What the sum is multiplied by")
        private double scaleFactor = 1;

        @UriParam(label = "probe", enums = "image,plot,none", defaultValue = "image", description = "The preview")
        private String picture = "image";

        @UriParam(label = "probe", description = "A file beside the input")
        private String mask = "";

        @UriParam(label = "probe", defaultValue = "false", description = "Goes on until somebody stops it")
        private boolean endless;

        @UriParam(label = "probe", defaultValue = "0", description = "The first frame")
        private int firstFrame;

        @UriParam(label = "probe", description = "How many frames; all of them when not given")
        private Integer frames;

        @UriParam(label = "probe", enums = "1,2,4", defaultValue = "1", description = "A number out of some")
        private long step = 1;

        @UriParam(label = "probe", description = "A threshold; none when not given")
        private Double threshold;

        double scaleFactor() {
            return scaleFactor;
        }

        String picture() {
            return picture;
        }

        boolean endless() {
            return endless;
        }

        int firstFrame() {
            return firstFrame;
        }

        Integer frames() {
            return frames;
        }

        long step() {
            return step;
        }

        Double threshold() {
            return threshold;
        }

        Options endless(boolean value) {
            endless = value;
            return this;
        }

        Options picture(String value) {
            picture = value;
            return this;
        }

        Options mask(String value) {
            mask = value;
            return this;
        }
    }

    @Override
    public String name() {
        return "probe";
    }

    @Override
    public String summary() {
        return "The sum of all frames.";
    }

    @Override
    public Options options() {
        return new Options();
    }

    @Override
    public void check(Options options) {
        if (options.firstFrame < 0) {
            throw new IllegalArgumentException("firstFrame=" + options.firstFrame + ", but it must not be negative");
        }
    }

    @Override
    public Summary run(Job job, Options options) throws InvalidInputException, IOException, InterruptedException {
        if (!options.mask.isEmpty()) {
            job.companion("mask", options.mask);
        }
        FrameSource frames = job.frames(options.dataset);
        if (options.firstFrame >= frames.frames()) {
            throw new InvalidInputException(frames.description() + ": firstFrame=" + options.firstFrame
                    + ", but there are " + frames.frames() + " frames");
        }
        job.compute(0, 0);
        float[][] sum = new float[frames.rows()][frames.columns()];
        do {
            float[] pixels = new float[frames.rows() * frames.columns()];
            frames.forEachBlock(options.firstFrame, frames.frames(), 1, block -> {
                block.floats(0, pixels);
                for (int i = 0; i < pixels.length; i++) {
                    sum[i / frames.columns()][i % frames.columns()] += (float) (options.scaleFactor * pixels[i]);
                }
                job.progress((block.first() + 1.0) / frames.frames());
            });
        } while (options.endless);
        Hdf5Writer result = job.result();
        result.group("/entry", "NXentry");
        result.group("/entry/data", "NXdata");
        result.dataset("/entry/data/sum", sum, "counts");
        result.attribute("/entry/data", "signal", "sum");
        result.attribute("/entry", "default", "data");
        Map<String, Object> metrics = new LinkedHashMap<>();
        metrics.put("frames", frames.frames());
        metrics.put("first", (double) sum[0][0]);
        metrics.put("none", Double.NaN);
        return new Summary(
                "Sum of " + frames.description(),
                Map.of("scaleFactor", options.scaleFactor),
                metrics,
                switch (options.picture) {
                    case "plot" -> plot();
                    case "none" -> null;
                    default -> new Preview.Image(sum);
                });
    }

    private static Preview plot() {
        return new Preview.Plot(
                "Curves",
                "delay (s)",
                "g2",
                true,
                false,
                List.of(new Preview.Curve("q = 0.01", new double[] {1e-3, 1e-2, 1}, new double[] {1.5, 1.2, 1})));
    }
}
