package org.lightpipe.gpu.tomography;

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
 * What tomopy makes of real data; lies beside the checkout and not in it: {@code ../shared/data}, or the system property
 * {@code lightpipe.shared}. Without it a test is skipped, under {@code CI=true} it fails.
 */
final class References {

    private References() {}

    static Path path(String relative) {
        Path path = Path.of(System.getProperty("lightpipe.shared", "../../shared/data"))
                .resolve("tomography")
                .resolve(relative);
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

    static float[] floats(String dataset) {
        try (HdfFile file = new HdfFile(path("reference_gridrec.h5"))) {
            return (float[]) file.getDatasetByPath(dataset).getDataFlat();
        }
    }

    static double[] doubles(String dataset) {
        try (HdfFile file = new HdfFile(path("reference_gridrec.h5"))) {
            return (double[]) file.getDatasetByPath(dataset).getDataFlat();
        }
    }

    /** A file of NumPy with floats or doubles, flat. */
    static double[] numpy(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(path("tomopy_golden/" + name + ".npy"));
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int start = 10 + Short.toUnsignedInt(data.getShort(8));
        String header = new String(bytes, 10, start - 10, StandardCharsets.US_ASCII);
        boolean wide = header.contains("'<f8'");
        if (!wide && !header.contains("'<f4'")) {
            throw new IOException(name + " has neither floats nor doubles: " + header);
        }
        data.position(start);
        double[] values = new double[data.remaining() / (wide ? 8 : 4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = wide ? data.getDouble() : data.getFloat();
        }
        return values;
    }
}
