package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;

/**
 * Azimuthal integration of frames that come one block after the other, such as those of a running detector: the geometry
 * is worked out once, and each block costs only its product with the sparse matrix. Used by one thread at a time.
 *
 * <p>The options that name files beside the input (mask, dark, flat, monitor) belong to {@code gpu:integrate} and are not
 * looked at here; masks come as bits.
 */
public final class StreamIntegration implements AutoCloseable {

    private final Plan plan;
    private final NumberType type;
    private final double empty;
    private final double[] intensity;
    private final double[] deviation;
    private Integrator integrator;

    private StreamIntegration(Plan plan, NumberType type, double empty) {
        this.plan = plan;
        this.type = type;
        this.empty = empty;
        intensity = new double[plan.bins()];
        deviation = plan.hasErrors() ? new double[plan.bins()] : null;
    }

    /** Takes patterns, in the order of their frames. */
    public interface Output {
        /**
         * @param frame its number
         * @param intensity {@code [azimuth][radial]} or {@code [radial]}, flat; overwritten by the next
         * @param deviation its standard deviation; null = no error model was asked for
         */
        void accept(int frame, double[] intensity, double[] deviation)
                throws IOException, InvalidInputException, InterruptedException;
    }

    /**
     * Works the geometry out.
     *
     * @param poni the {@code .poni} file
     * @param rows of a frame
     * @param columns of a frame
     * @param type how pixels are stored
     * @param mask the pixels that do not count
     * @throws IllegalArgumentException if an option is out of range
     * @throws InvalidInputException if the geometry does not fit the frames
     */
    public static StreamIntegration prepare(
            Path poni,
            IntegrationOptions options,
            int rows,
            int columns,
            NumberType type,
            BitSet mask,
            WorkPool threads)
            throws InvalidInputException, IOException, InterruptedException {
        Planner.check(options);
        Plan plan = new Planner(options, Poni.read(poni), "the stream")
                .plan(rows, columns, type, (BitSet) mask.clone(), null, null, threads);
        return new StreamIntegration(plan, type, options.getEmpty() == null ? Double.NaN : options.getEmpty());
    }

    /** @return the bytes of device memory without which it cannot run on one */
    public long leastDeviceBytes() {
        return DeviceIntegrator.leastBytes(plan, type);
    }

    /** @return the bytes of device memory with which it runs best */
    public long bestDeviceBytes() {
        return DeviceIntegrator.bestBytes(plan, type);
    }

    /** @return the middle of each radial bin, in the unit that was chosen */
    public double[] radial() {
        return plan.grid().radial().centers();
    }

    /** @return how many entries the sparse matrix has: pixels, each as often as it has bins */
    public long entries() {
        return plan.matrix().entries();
    }

    /** Begins on a backend; to be called once, before the first block. */
    public void start(Compute compute) throws IOException {
        integrator = AzimuthalIntegration.integrator(compute, plan, type);
    }

    /** @return how many frames a block may have at most on this backend */
    public int framesPerBlock() {
        return integrator.framesPerBlock();
    }

    /** Takes frames in; their patterns come out now or later. */
    public void integrate(FrameBlock block, Output output)
            throws IOException, InvalidInputException, InterruptedException {
        integrator.integrate(block, (frame, sums) -> give(frame, sums, output));
    }

    /** Waits for the patterns that have not come out yet. */
    public void finish(Output output) throws IOException, InvalidInputException, InterruptedException {
        integrator.finish((frame, sums) -> give(frame, sums, output));
    }

    private void give(int frame, Sums sums, Output output)
            throws IOException, InvalidInputException, InterruptedException {
        sums.intensity(1, empty, intensity);
        if (deviation != null) {
            sums.deviation(1, empty, deviation);
        }
        output.accept(frame, intensity, deviation);
    }

    @Override
    public void close() {
        if (integrator != null) {
            integrator.close();
        }
    }
}
