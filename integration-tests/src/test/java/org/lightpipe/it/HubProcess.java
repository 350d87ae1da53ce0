package org.lightpipe.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.lightpipe.hub.LocalHub;
import org.lightpipe.hub.client.HubClient;

/** A hub in a process of its own, with the heap that every hub is held to. Its log is hub.log in its state directory. */
final class HubProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration STOP = Duration.ofSeconds(60);

    private final Path state;
    private final List<String> arguments;
    private final Map<String, String> environment = new TreeMap<>();
    private Process process;

    HubProcess(Path state, List<String> arguments) {
        this.state = state;
        this.arguments = List.copyOf(arguments);
    }

    HubProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Runs any command of Lightpipe to its end; its output goes to this process. */
    static ProcessBuilder command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Djava.awt.headless=true",
                "-Dlightpipe.home=" + Facility.checkout(),
                "-cp",
                Facility.checkout().resolve("distribution/target/lib") + "/*",
                "org.lightpipe.hub.cli.Lightpipe"));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }

    /** Starts the hub; returns at once. */
    HubProcess launch() throws IOException {
        Files.createDirectories(state);
        List<String> all = new ArrayList<>(arguments);
        all.add("-Dcamel.server.port=" + freePort());
        ProcessBuilder builder = command(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
        return this;
    }

    /** Starts the hub and waits until it answers. */
    HubProcess start() throws IOException, InterruptedException {
        return launch().awaitReady();
    }

    /** Waits until a launched hub answers. */
    HubProcess awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + START.toNanos();
        while (!isReady()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException("the hub did not start: " + tail());
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return this;
    }

    boolean isReady() throws IOException {
        return LocalHub.process(state).map(hub -> hub.pid() == process.pid()).orElse(false);
    }

    HubClient client() throws IOException {
        return HubClient.of(state);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: nothing of the hub gets to say goodbye. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** SIGTERM, and the time it took to stop. */
    Duration stop() throws InterruptedException {
        long begin = System.nanoTime();
        process.destroy();
        if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
            kill();
            throw new IllegalStateException("the hub did not stop in " + STOP.toSeconds() + " s");
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    Path log() {
        return state.resolve("hub.log");
    }

    String tail() throws IOException {
        List<String> lines = Files.exists(log()) ? Files.readAllLines(log()) : List.of();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        if (process != null && process.isAlive()) {
            try {
                stop();
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
