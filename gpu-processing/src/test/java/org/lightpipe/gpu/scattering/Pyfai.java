package org.lightpipe.gpu.scattering;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * pyFAI as a program beside the tests (Debian: python3-pyfai). Without it a test is skipped, under {@code CI=true} it
 * fails.
 */
final class Pyfai {

    private static final int PATIENCE_SECONDS = 300;

    private final Path folder;

    private Pyfai(Path folder) {
        this.folder = folder;
    }

    /** Runs the script beside this class, which leaves its numbers in a folder. */
    static Pyfai run(Path folder) throws IOException, InterruptedException {
        String python = python();
        Path script = folder.resolve("pyfai.py");
        Files.write(script, Pyfai.class.getResourceAsStream("pyfai.py").readAllBytes());
        Path log = folder.resolve("pyfai.log");
        Process process = new ProcessBuilder(python, script.toString(), folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IllegalStateException("pyFAI failed: " + Files.readString(log));
        }
        return new Pyfai(folder);
    }

    private static String python() throws IOException, InterruptedException {
        // Debian's own python has Debian's packages, whatever comes first on the path
        for (String python : List.of("/usr/bin/python3", "python3")) {
            try {
                Process process = new ProcessBuilder(python, "-c", "import pyFAI")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (process.waitFor() == 0) {
                    return python;
                }
            } catch (IOException e) {
                // no such program: the next one
            }
        }
        String message = "pyFAI is missing, with which results are compared; install python3-pyfai";
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        return abort(message);
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    boolean has(String name) {
        return Files.exists(folder.resolve(name + ".f8"));
    }

    double[] values(String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(folder.resolve(name + ".f8")))
                .order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[bytes.remaining() / Double.BYTES];
        bytes.asDoubleBuffer().get(values);
        return values;
    }

    float[] floats(String name) throws IOException {
        double[] values = values(name);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
