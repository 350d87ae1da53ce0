package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.DeviceException;

/**
 * Multi-tau correlation of all pixels: in one pass over the frames where what is kept per pixel fits into the memory, in
 * several otherwise, each for a part of the pixels.
 */
final class Correlation {

    /** Staging buffers are no larger, whatever the device has. */
    private static final long STAGED_VALUES = 1L << 26;

    /** Fewer pixels than this are not worth a pass. */
    private static final int FEWEST = 4096;

    private final SampleReader reader;
    private final Partition partition;
    private final Delays delays;
    private final int pixels;
    private final Compute compute;
    private final int perPass;

    /**
     * Looks on at every sample.
     */
    interface Onlooker {
        /**
         * @param pass the first pass over the frames has the number 0
         * @param block may be changed
         */
        void accept(int pass, SampleBlock block) throws IOException, InterruptedException;
    }

    /**
     * @param pixels the positions before it are correlated
     * @param perPass how many at a time
     */
    Correlation(SampleReader reader, Partition partition, Delays delays, int pixels, Compute compute, int perPass) {
        this.reader = reader;
        this.partition = partition;
        this.delays = delays;
        this.pixels = pixels;
        this.compute = compute;
        this.perPass = perPass;
    }

    /**
     * @param part of the heap that may be taken where there is no device
     * @return how many pixels fit at a time
     */
    static int pixelsPerPass(Delays delays, Partition partition, int rows, Compute compute, int part) {
        long fit = compute.device()
                .map(device -> pixelsOn(device, delays, partition, rows))
                .orElseGet(() -> Memory.share(part) / MultiTauTile.bytesPerPixel(delays));
        return (int) Math.max(1, Math.min(fit, partition.order().length));
    }

    private static long pixelsOn(Device device, Delays delays, Partition partition, int rows) {
        long room = device.available()
                - DeviceMultiTau.bytesForCells(partition.cells().size());
        long fit = Math.min(
                room / DeviceMultiTau.bytesPerPixel(delays, rows),
                device.largestBuffer() / DeviceMultiTau.mostBytesPerPixel(delays, rows));
        return Math.min(fit, STAGED_VALUES / rows);
    }

    /** @return the bytes of a device without which nothing goes, or with which it goes best */
    static long bytes(Delays delays, Partition partition, int pixels, int rows, boolean best) {
        long atOnce = best ? Math.min(pixels, STAGED_VALUES / rows) : Math.min(pixels, FEWEST);
        return atOnce * DeviceMultiTau.bytesPerPixel(delays, rows)
                + DeviceMultiTau.bytesForCells(partition.cells().size());
    }

    int passes() {
        return (pixels + perPass - 1) / perPass;
    }

    /**
     * @param normalize whether each sample is divided by its mean
     * @param planes gets the sums of every pixel; empty: nobody wants them
     */
    CellSums run(boolean normalize, Optional<PixelPlanes> planes, Onlooker onlooker)
            throws InvalidInputException, IOException, InterruptedException {
        CellSums sums = new CellSums(
                partition.cells(), delays.count(), delays.segments().samples());
        for (int pass = 0; pass < passes(); pass++) {
            int number = pass;
            int from = pass * perPass;
            int to = Math.min(pixels, from + perPass);
            try (MultiTau multiTau = multiTau(from, to)) {
                reader.forEachBlock(block -> {
                    multiTau.add(block, normalize ? factors(block) : null);
                    onlooker.accept(number, block);
                });
                multiTau.finish(sums, reader.bad(), planes.orElse(null));
            }
        }
        return sums;
    }

    private MultiTau multiTau(int from, int to) throws DeviceException {
        WorkPool threads = compute.threads();
        Optional<Device> device = compute.device();
        return device.isPresent()
                ? new DeviceMultiTau(device.get(), delays, partition.cells(), from, to, reader.rowsPerBlock())
                : new JavaMultiTau(delays, partition.cells(), from, to, threads);
    }

    /** A sample without light stays as it is. */
    private static float[] factors(SampleBlock block) {
        float[] factors = new float[block.count()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = block.means()[i] > 0 ? (float) (1 / block.means()[i]) : 1;
        }
        return factors;
    }
}
