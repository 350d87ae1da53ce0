package org.lightpipe.gpu.tomography;

import java.time.Duration;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.device.Loan;

/** Reconstruction from sinograms in memory into slices in memory: what a program that only reconstructs does. */
public final class SlicesAlone {

    private final DevicePool pool;
    private final WorkPool threads;

    /** Neither is closed here. */
    public SlicesAlone(DevicePool pool, WorkPool threads) {
        this.pool = pool;
        this.threads = threads;
    }

    /**
     * @param sinograms {@code [slice][projection][column]}, the angles evenly over half a turn
     * @return the seconds, without making ready, which is done once for a scan
     */
    public double seconds(String algorithm, String backend, float[] sinograms, int slices, int projections, int columns)
            throws Exception {
        double[] angles = new double[projections];
        for (int i = 0; i < projections; i++) {
            angles[i] = Math.PI * i / projections;
        }
        Geometry geometry = new Geometry(projections, 1, columns, angles, columns / 2.0, 0);
        float[] into = new float[slices * columns * columns];
        try (Loan loan = pool.borrow(
                        backend,
                        Reconstructors.bytes(algorithm, geometry, 1),
                        2 * Reconstructors.bytes(algorithm, geometry, slices),
                        threads,
                        Duration.ofMinutes(1));
                Reconstructor reconstructor =
                        Reconstructors.of(algorithm, FilterWindow.SHEPP, geometry, loan.compute())) {
            long begin = System.nanoTime();
            reconstructor.reconstruct(sinograms, slices, into);
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (!(into[columns / 2 * columns + columns / 2] > 0)) {
                throw new IllegalStateException(algorithm + " on " + backend + " has seen nothing in the middle");
            }
            return seconds;
        }
    }
}
