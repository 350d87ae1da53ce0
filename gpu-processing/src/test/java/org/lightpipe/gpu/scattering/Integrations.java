package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.device.TestDevices;

/** Integrates frames that are in memory, on one backend after the other. */
final class Integrations {

    private Integrations() {}

    /** The names of the backends; one that is not there skips the test that borrows it. */
    static Stream<String> backends() {
        return Stream.of("java", "opencl", "cuda");
    }

    static IntegrationOptions options() {
        IntegrationOptions options = new IntegrationOptions();
        options.setPoni("given");
        return options;
    }

    /** A detector of 0.1 mm pixels, 100 mm from the sample, at 1 Å. */
    static Poni poni(int rows, int columns, double beamRow, double beamColumn) {
        return new Poni(
                "made.poni",
                0.1,
                beamRow * 1e-4,
                beamColumn * 1e-4,
                0,
                0,
                0,
                1e-10,
                new DetectorModel("Detector", 1e-4, 1e-4, rows, columns, DetectorModel.Modules.NONE, 3));
    }

    static Plan plan(Poni poni, IntegrationOptions options, NumberType type, BitSet mask)
            throws InvalidInputException, InterruptedException {
        return plan(poni, options, type, mask, null, null);
    }

    static Plan plan(Poni poni, IntegrationOptions options, NumberType type, BitSet mask, float[] dark, float[] flat)
            throws InvalidInputException, InterruptedException {
        Planner.check(options);
        return new Planner(options, poni, "frames.h5:/data")
                .plan(
                        poni.detector().rows(),
                        poni.detector().columns(),
                        type,
                        (BitSet) mask.clone(),
                        dark,
                        flat,
                        TestDevices.threads());
    }

    /** Frames of floats as a block. */
    static FrameBlock floats(int first, int rows, int columns, float[]... frames) {
        ByteBuffer values =
                ByteBuffer.allocate(4 * rows * columns * frames.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float[] frame : frames) {
            for (float value : frame) {
                values.putFloat(value);
            }
        }
        return new FrameBlock(first, frames.length, rows, columns, NumberType.FLOAT32, values.flip());
    }

    /** Integrates blocks that follow each other. */
    static List<Sums> sums(String backend, Plan plan, NumberType type, FrameBlock... blocks)
            throws IOException, InvalidInputException, InterruptedException {
        List<Sums> all = new ArrayList<>();
        Integrator.Output output = (frame, sums) -> {
            if (frame != all.size()) {
                throw new IllegalStateException("frame " + frame + " came when " + all.size() + " was due");
            }
            all.add(sums);
        };
        if (backend.equals(Compute.JAVA)) {
            feed(new Compute(backend, TestDevices.threads(), Optional.empty()), plan, type, output, blocks);
        } else {
            try (Loan loan = TestDevices.borrow(backend, 64 << 20)) {
                feed(loan.compute(), plan, type, output, blocks);
            }
        }
        return all;
    }

    private static void feed(
            Compute compute, Plan plan, NumberType type, Integrator.Output output, FrameBlock... blocks)
            throws IOException, InvalidInputException, InterruptedException {
        try (Integrator integrator = AzimuthalIntegration.integrator(compute, plan, type)) {
            for (FrameBlock block : blocks) {
                integrator.integrate(block, output);
            }
            integrator.finish(output);
        }
    }

    static double[] intensity(Sums sums) {
        double[] intensity = new double[sums.signal().length];
        sums.intensity(1, Double.NaN, intensity);
        return intensity;
    }

    static double[] deviation(Sums sums) {
        double[] deviation = new double[sums.signal().length];
        sums.deviation(1, Double.NaN, deviation);
        return deviation;
    }
}
