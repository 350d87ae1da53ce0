package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Real data and reference results, which lie beside the checkout and not in it: {@code ../shared/data}, or the system
 * property {@code lightpipe.shared}. Without them a test is skipped, under {@code CI=true} it fails.
 */
final class SharedData {

    private SharedData() {}

    static Path path(String relative) {
        String root = System.getProperty("lightpipe.shared", "../../shared/data");
        Path path = Path.of(root).resolve(relative);
        if (!Files.exists(path)) {
            String message =
                    "reference data is missing: " + path.toAbsolutePath().normalize();
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
        return path;
    }

    static Object hdf5(String relative, String dataset) {
        try (HdfFile file = new HdfFile(path(relative))) {
            return file.getDatasetByPath(dataset).getData();
        }
    }

    /** Reads a NumPy file of floats, doubles or 32-bit integers, flat. */
    static double[] numpy(String relative) {
        try {
            byte[] bytes = Files.readAllBytes(path(relative));
            int headerLength = Byte.toUnsignedInt(bytes[8]) + 256 * Byte.toUnsignedInt(bytes[9]);
            String header = new String(bytes, 10, headerLength, StandardCharsets.US_ASCII);
            ByteBuffer data = ByteBuffer.wrap(bytes, 10 + headerLength, bytes.length - 10 - headerLength)
                    .slice()
                    .order(ByteOrder.LITTLE_ENDIAN);
            int size = header.contains("<f8") ? 8 : 4;
            double[] values = new double[data.remaining() / size];
            for (int i = 0; i < values.length; i++) {
                values[i] = header.contains("<f8")
                        ? data.getDouble()
                        : header.contains("<f4") ? data.getFloat() : data.getInt();
            }
            return values;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
