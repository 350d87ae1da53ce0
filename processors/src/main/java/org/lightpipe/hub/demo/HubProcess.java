package org.lightpipe.hub.demo;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.lightpipe.hub.LocalHub;
import org.lightpipe.hub.client.HubClient;

/** A hub that runs as the daemon would: in a process of its own, told only what an operator can tell it. */
final class HubProcess implements AutoCloseable {

    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 60;

    private final Process process;
    private final Path log;
    private final HubClient client;

    private HubProcess(Process process, Path log, Path state) throws IOException, InterruptedException {
        this.process = process;
        this.log = log;
        this.client = await(state);
    }

    /** Starts a hub with the demo profile and waits until it answers. */
    static HubProcess start(Path home, Path state) throws IOException, InterruptedException {
        Files.createDirectories(state);
        Path log = state.resolve("hub.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // As the launcher started this process: heap, class archive, home.
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                "org.lightpipe.hub.cli.Lightpipe",
                "run",
                "--profile=demo",
                "--home=" + home,
                "--state=" + state,
                "-Dcamel.server.port=" + freePort()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        try {
            return new HubProcess(process, log, state);
        } catch (IOException | InterruptedException | RuntimeException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private HubClient await(Path state) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (process.isAlive() && System.nanoTime() < end) {
            Optional<ProcessHandle> running = LocalHub.process(state);
            if (running.isPresent() && running.get().pid() == process.pid()) {
                return HubClient.of(state);
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException("the hub did not start:" + System.lineSeparator() + tail());
    }

    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(System.lineSeparator(), lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    HubClient client() {
        return client;
    }

    long pid() {
        return process.pid();
    }

    Path log() {
        return log;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
