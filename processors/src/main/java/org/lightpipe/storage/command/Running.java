package org.lightpipe.storage.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * One program that runs, with all that it starts. What it writes to its error output is read all the time; the end of it
 * is kept. Its processes are told by descent, and by a mark in their environment when their parent has ended.
 */
final class Running implements AutoCloseable {

    private static final String MARK = "LIGHTPIPE_COMMAND";
    private static final int TAIL_BYTES = 4096;
    private static final int TAIL_LINES = 5;
    private static final long END_SECONDS = 5;

    private final String mark = UUID.randomUUID().toString();
    private final Process process;
    private final Thread errors;
    private final byte[] tail = new byte[TAIL_BYTES];
    private long told;

    Running(List<String> words, Map<String, String> environment, String name) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.environment().put(MARK, mark);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        this.process = builder.start();
        this.errors = new Thread(this::readErrors, name + "-" + process.pid() + "-errors");
        errors.setDaemon(true);
        errors.start();
    }

    InputStream output() {
        return process.getInputStream();
    }

    String pid() {
        return Long.toString(process.pid());
    }

    /** False when it has not ended by then. */
    boolean ends(long nanos) throws InterruptedException {
        return process.waitFor(nanos, TimeUnit.NANOSECONDS);
    }

    int status() {
        return process.exitValue();
    }

    /** The last lines that it wrote to its error output, once it has ended. */
    String said() throws InterruptedException {
        errors.join(TimeUnit.SECONDS.toMillis(1));
        String text;
        synchronized (this) {
            int length = (int) Math.min(told, TAIL_BYTES);
            byte[] ordered = new byte[length];
            for (int i = 0; i < length; i++) {
                ordered[i] = tail[(int) ((told - length + i) % TAIL_BYTES)];
            }
            text = new String(ordered, StandardCharsets.UTF_8);
        }
        List<String> lines = Arrays.stream(text.split("\\R"))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    private void readErrors() {
        byte[] buffer = new byte[1024];
        try (InputStream stream = process.getErrorStream()) {
            for (int count; (count = stream.read(buffer)) >= 0; ) {
                synchronized (this) {
                    for (int i = 0; i < count; i++) {
                        tail[(int) (told++ % TAIL_BYTES)] = buffer[i];
                    }
                }
            }
        } catch (IOException e) {
            // it was killed: what it said until then is kept
        }
    }

    /** Kills what is left of it; nothing when all has ended. An interrupt does not cut this short. */
    @Override
    public void close() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS);
        Set<ProcessHandle> alive = alive();
        while (!alive.isEmpty() && System.nanoTime() < deadline) {
            alive.forEach(ProcessHandle::destroyForcibly);
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            alive = alive();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<ProcessHandle> alive() {
        Set<ProcessHandle> alive = new HashSet<>();
        if (process.isAlive()) {
            alive.add(process.toHandle());
            process.descendants().forEach(alive::add);
        }
        byte[] wanted = (MARK + "=" + mark).getBytes(StandardCharsets.UTF_8);
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path one : processes) {
                if (contains(environment(one), wanted)) {
                    ProcessHandle.of(Long.parseLong(one.getFileName().toString()))
                            .ifPresent(alive::add);
                }
            }
        } catch (IOException e) {
            // without /proc, those whose parent has ended are not found
        }
        return alive;
    }

    private static byte[] environment(Path process) {
        try {
            return Files.readAllBytes(process.resolve("environ"));
        } catch (IOException e) {
            // ended meanwhile, or somebody else's
            return new byte[0];
        }
    }

    private static boolean contains(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
