package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The HDF5 library itself, through h5py and h5dump of Debian. Without them a test is skipped, under {@code CI=true} it
 * fails: python3-h5py, hdf5-tools, bitshuffle, hdf5-filter-plugin and hdf5-plugin-lzf are wanted.
 */
final class Peer {

    private static final String PYTHON =
            Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";
    private static final String PLUGINS = "/usr/lib/x86_64-linux-gnu/hdf5/serial/plugins";

    private Peer() {}

    /** Runs a script that lies beside the tests; what it prints, line by line. */
    static List<String> python(String script, Path directory) throws IOException, InterruptedException {
        needPython();
        Path copy = directory.resolve(script);
        try (InputStream in = Peer.class.getResourceAsStream(script)) {
            Files.write(copy, in.readAllBytes());
        }
        return run(List.of(PYTHON, copy.toString(), directory.toString()));
    }

    /** Skips the test, or fails it, where there is no h5py. */
    static void needPython() throws InterruptedException {
        need(List.of(PYTHON, "-c", "import h5py, sys; h5py.h5z.filter_avail(32008) or sys.exit(1)"));
    }

    /** Runs another program of the library. */
    static List<String> tool(String... command) throws IOException, InterruptedException {
        need(List.of(command[0], "--version"));
        return run(List.of(command));
    }

    private static void need(List<String> command) throws InterruptedException {
        try {
            if (start(command).waitFor() == 0) {
                return;
            }
        } catch (IOException e) {
            // it is not installed
        }
        String message = String.join(" ", command) + " does not work; install python3-h5py, hdf5-tools, bitshuffle,"
                + " hdf5-filter-plugin and hdf5-plugin-lzf";
        if ("true".equals(System.getenv("CI"))) {
            fail(message);
        }
        abort(message);
    }

    private static Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putIfAbsent("HDF5_PLUGIN_PATH", PLUGINS);
        return builder.start();
    }

    private static List<String> run(List<String> command) throws IOException, InterruptedException {
        Process process = start(command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            fail(String.join(" ", command) + " failed: " + output);
        }
        return new ArrayList<>(output.lines().toList());
    }
}
