package org.lightpipe.gpu;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.DatasetCreationOptions;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;
import java.util.Arrays;

/** Input files. */
final class TestScans {

    private TestScans() {}

    /** Writes a DataExchange file; a null leaves its dataset out. */
    static Path dataExchange(Path path, Object data, Object white, Object dark, double[] thetaDegrees) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup exchange = file.putGroup("exchange");
            put(exchange, "data", data);
            put(exchange, "data_white", white);
            put(exchange, "data_dark", dark);
            put(exchange, "theta", thetaDegrees);
        }
        return path;
    }

    private static void put(WritableGroup group, String name, Object data) {
        if (data != null) {
            group.putDataset(name, data);
        }
    }

    static Path stack(Path path, String name, Object frames) {
        return stack(path, name, frames, DatasetCreationOptions.DEFAULT);
    }

    /** Writes one dataset, in as many groups as its name has. */
    static Path stack(Path path, String name, Object frames, DatasetCreationOptions options) {
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup group = file;
            String[] parts = name.substring(1).split("/");
            for (int i = 0; i < parts.length - 1; i++) {
                group = group.putGroup(parts[i]);
            }
            group.putDataset(parts[parts.length - 1], frames, options);
        }
        return path;
    }

    static float[][][] filled(int frames, int rows, int columns, float value) {
        float[][][] data = new float[frames][rows][columns];
        for (float[][] frame : data) {
            for (float[] row : frame) {
                Arrays.fill(row, value);
            }
        }
        return data;
    }
}
