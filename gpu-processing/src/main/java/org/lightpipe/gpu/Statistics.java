package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Mean, maximum and standard deviation image of any stack {@code [frame][row][column]} (or one image
 * {@code [row][column]}). The stack is read in blocks of frames, and where even one frame is too much, in bands of rows.
 */
public final class Statistics implements Technique {

    private static final List<String> USUAL = List.of("/exchange/data", "/entry/data/data");

    /** Bytes that a pixel takes in the accumulator: two doubles, a float, and a count where values are left out. */
    private static final int ACCUMULATOR_BYTES = 24;

    /** Bytes that a pixel takes in the three images of the result. */
    private static final int RESULT_BYTES = 12;

    @Override
    public String name() {
        return "statistics";
    }

    @Override
    public TechniqueResult run(Path input, TechniqueOptions options, Backend backend)
            throws InvalidInputException, IOException, InterruptedException {
        try (Hdf5Input file = Hdf5Input.open(input)) {
            Hdf5Input.NumericDataset dataset = choose(input, file, options.dataset());
            Stack stack = Stack.of(input, dataset);
            float[][] mean = new float[stack.rows()][];
            float[][] maximum = new float[stack.rows()][];
            float[][] deviation = new float[stack.rows()][];
            long ignored = 0;
            int band = stack.bandRows();
            for (int row = 0; row < stack.rows(); row += band) {
                int rows = Math.min(band, stack.rows() - row);
                FrameAccumulator accumulator = backend.accumulator(rows * stack.columns());
                stack.feed(row, rows, accumulator);
                cut(accumulator.mean(), mean, row, rows);
                cut(accumulator.maximum(), maximum, row, rows);
                cut(accumulator.standardDeviation(), deviation, row, rows);
                ignored += accumulator.ignored();
            }
            Map<String, Object> metrics = new LinkedHashMap<>();
            metrics.put("frames", stack.frames());
            metrics.put("rows", stack.rows());
            metrics.put("columns", stack.columns());
            metrics.put("ignored", ignored);
            double meanOfMean = meanOf(mean);
            double meanOfDeviation = meanOf(deviation);
            metrics.put("mean", meanOfMean);
            metrics.put("max", maxOf(maximum));
            metrics.put("std", meanOfDeviation);
            metrics.put("snr", meanOfDeviation > 0 ? meanOfMean / meanOfDeviation : Double.NaN);

            String units = dataset.attribute("units");
            return new TechniqueResult(
                    "Statistics of " + dataset.name() + " in " + input.getFileName(),
                    List.of(
                            new TechniqueResult.Image("mean", units, "mean over the frames", mean),
                            new TechniqueResult.Image("maximum", units, "largest value over the frames", maximum),
                            new TechniqueResult.Image(
                                    "standard_deviation", units, "standard deviation over the frames", deviation)),
                    Map.of("dataset", dataset.name()),
                    metrics);
        }
    }

    private static Hdf5Input.NumericDataset choose(Path input, Hdf5Input file, String wanted)
            throws InvalidInputException {
        if (!wanted.isEmpty()) {
            return file.require(wanted, "give the path of an image stack with the option dataset");
        }
        for (String usual : USUAL) {
            Optional<Hdf5Input.NumericDataset> found = file.find(usual);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return file.largestImages()
                .orElseThrow(() -> new InvalidInputException(
                        input.getFileName() + ": holds no 2D or 3D dataset of numbers, so there are no images in it"));
    }

    private static void cut(float[] band, float[][] image, int row, int rows) {
        int columns = band.length / rows;
        for (int i = 0; i < rows; i++) {
            image[row + i] = Arrays.copyOfRange(band, i * columns, (i + 1) * columns);
        }
    }

    private static double meanOf(float[][] image) {
        double sum = 0;
        long count = 0;
        for (float[] row : image) {
            for (float value : row) {
                if (!Float.isNaN(value)) {
                    sum += value;
                    count++;
                }
            }
        }
        return sum / count;
    }

    private static double maxOf(float[][] image) {
        double max = Double.NaN;
        for (float[] row : image) {
            for (float value : row) {
                if (!(value <= max) && !Float.isNaN(value)) {
                    max = value;
                }
            }
        }
        return max;
    }

    /** The dataset seen as frames, with the sizes in which to read it. */
    private record Stack(
            Hdf5Input.NumericDataset dataset, boolean single, int frames, int rows, int columns, int bandRows) {

        static Stack of(Path input, Hdf5Input.NumericDataset dataset) throws InvalidInputException {
            int[] shape = dataset.shape();
            if (shape.length != 2 && shape.length != 3) {
                throw new InvalidInputException(input.getFileName() + ": " + dataset.name() + " has " + shape.length
                        + " dimensions; 2 [row][column] or 3 [frame][row][column] are wanted");
            }
            boolean single = shape.length == 2;
            int rows = shape[shape.length - 2];
            int columns = shape[shape.length - 1];
            long budget = Memory.share(4) * 3;
            long fixed = (long) RESULT_BYTES * rows * columns + dataset.chunkBytes();
            long bytesPerRow = columns * (ACCUMULATOR_BYTES + dataset.bytesPerValue());
            if (fixed + bytesPerRow > budget) {
                throw new InvalidInputException(input.getFileName() + ": the images of " + rows + " x " + columns
                        + " pixels in " + dataset.name() + " need " + Memory.text(fixed + bytesPerRow)
                        + " of memory or more, and this process can give " + Memory.text(budget)
                        + "; start it with a larger -Xmx");
            }
            int band = (int) Math.min(rows, (budget - fixed) / bytesPerRow);
            return new Stack(
                    dataset,
                    single,
                    single ? 1 : shape[0],
                    rows,
                    columns,
                    wholeChunks(band, rows, dataset.chunk()[single ? 0 : 1]));
        }

        /** Rounds a band down to whole chunks where there are several, so that few are decompressed twice. */
        private static int wholeChunks(int band, int rows, int chunk) {
            return band < rows && band > chunk ? band - band % chunk : band;
        }

        void feed(int row, int count, FrameAccumulator accumulator) throws InvalidInputException, InterruptedException {
            int block = blockFrames(count);
            for (int frame = 0; frame < frames; frame += block) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while reading " + dataset.name());
                }
                int some = Math.min(block, frames - frame);
                accumulator.add(
                        single
                                ? dataset.read(new long[] {row, 0}, new int[] {count, columns})
                                : dataset.read(new long[] {frame, row, 0}, new int[] {some, count, columns}));
            }
        }

        /** As many frames as one chunk holds, or a few more, as far as the memory allows. */
        private int blockFrames(int bandRows) throws InvalidInputException {
            long most = Math.max(1, Memory.share(8) / dataset.bytesPerValue() / ((long) bandRows * columns));
            int chunk = single ? 1 : dataset.chunk()[0];
            long wanted = Math.min(most, Math.max(chunk, 16));
            return (int) (wanted > chunk ? wanted - wanted % chunk : wanted);
        }
    }
}
