package org.lightpipe.hub.demo;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableDataset;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;

/**
 * A tomography scan as a detector would write it (DataExchange): Beer-Lambert attenuation of a phantom, a beam that is
 * not flat, a rotation axis beside the middle, photon noise, and the dark current of a camera.
 */
final class SimulatedScan {

    static final int PROJECTIONS = 361;
    static final int ROWS = 8;
    static final int COLUMNS = 384;
    private static final int FIELDS = 10;
    private static final double AXIS_OFFSET = 5.5;
    private static final double PHOTONS = 20_000;
    private static final double DARK = 100;
    private static final double DARK_NOISE = 3;
    private static final double ATTENUATION = 1.4;

    private final Phantom phantom;
    private final Random random;

    SimulatedScan(Phantom phantom, long seed) {
        this.phantom = phantom;
        this.random = new Random(seed);
    }

    /** Column of the rotation axis. */
    static double center() {
        return COLUMNS / 2.0 + AXIS_OFFSET;
    }

    /** Writes the scan to a file. */
    void write(Path file, String sample) {
        short[][][] data = new short[PROJECTIONS][ROWS][COLUMNS];
        double[] theta = new double[PROJECTIONS];
        for (int projection = 0; projection < PROJECTIONS; projection++) {
            theta[projection] = 180.0 * projection / (PROJECTIONS - 1);
            double[] transmission = transmission(Math.toRadians(theta[projection]));
            for (int row = 0; row < ROWS; row++) {
                for (int column = 0; column < COLUMNS; column++) {
                    data[projection][row][column] = count(PHOTONS * beam(row, column) * transmission[column]);
                }
            }
        }
        short[][][] white = new short[FIELDS][ROWS][COLUMNS];
        short[][][] dark = new short[FIELDS][ROWS][COLUMNS];
        for (int field = 0; field < FIELDS; field++) {
            for (int row = 0; row < ROWS; row++) {
                for (int column = 0; column < COLUMNS; column++) {
                    white[field][row][column] = count(PHOTONS * beam(row, column));
                    dark[field][row][column] = count(0);
                }
            }
        }
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            WritableGroup exchange = hdf.putGroup("exchange");
            units(exchange.putDataset("data", data), "counts");
            units(exchange.putDataset("data_white", white), "counts");
            units(exchange.putDataset("data_dark", dark), "counts");
            units(exchange.putDataset("theta", theta), "deg");
            WritableGroup measurement = hdf.putGroup("measurement");
            measurement.putDataset("start_time", Instant.now().toString());
            measurement.putGroup("sample").putDataset("name", sample);
            WritableGroup instrument = measurement.putGroup("instrument");
            units(instrument.putGroup("monochromator").putDataset("energy", 27.4), "keV");
            units(instrument.putGroup("detector").putDataset("exposure_time", 0.1), "s");
        }
    }

    private static void units(WritableDataset dataset, String units) {
        dataset.putAttribute("units", units);
    }

    private double[] transmission(double theta) {
        double[] transmission = new double[COLUMNS];
        for (int column = 0; column < COLUMNS; column++) {
            double s = (column - center()) / (COLUMNS / 2.0);
            transmission[column] = Math.exp(-ATTENUATION * phantom.projection(theta, s));
        }
        return transmission;
    }

    private static double beam(int row, int column) {
        double x = (column - COLUMNS / 2.0) / COLUMNS;
        double y = (row - ROWS / 2.0) / ROWS;
        return 0.75 + 0.25 * Math.exp(-2 * (x * x + y * y)) + 0.02 * Math.sin(column * 0.7);
    }

    /** Photon noise is nearly Gaussian at these counts. */
    private short count(double photons) {
        double noisy = photons + Math.sqrt(photons) * random.nextGaussian() + DARK + DARK_NOISE * random.nextGaussian();
        return (short) Math.max(0, Math.min(Short.MAX_VALUE, Math.round(noisy)));
    }
}
