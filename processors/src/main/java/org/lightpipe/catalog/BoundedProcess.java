package org.lightpipe.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run of a program that must end: both outputs drained into a bounded tail, killed when its time is over.
 *
 * @param exitStatus its exit status, or -1 when it did not start or was killed for taking too long
 * @param output the last 32 KiB of what it printed, or why it did not run
 */
record BoundedProcess(int exitStatus, String output) {

    private static final int TAIL_BYTES = 32 * 1024;

    boolean succeeded() {
        return exitStatus == 0;
    }

    /** Runs the command with that input and a clean environment; an interrupt ends it. */
    static BoundedProcess run(List<String> command, Path directory, String input, Duration limit) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.redirectErrorStream(true);
        cleanEnvironment(builder);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            return new BoundedProcess(-1, String.valueOf(e.getMessage()));
        }
        Tail tail = new Tail(process.getInputStream());
        Thread drain = new Thread(tail, "drain-" + Path.of(command.get(0)).getFileName() + "-" + process.pid());
        drain.setDaemon(true);
        drain.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedWithoutReading) {
            // its exit status and output say why
        }
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return new BoundedProcess(-1, tail.text() + "\n(no end after " + limit.toSeconds() + " s)");
            }
            // grandchildren may still hold the pipe: what they print is not waited for
            drain.join(1000);
            return new BoundedProcess(process.exitValue(), tail.text());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new BoundedProcess(-1, tail.text() + "\n(interrupted)");
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** Leaves out PGDATA, PGOPTIONS, LD_LIBRARY_PATH and whatever else would change what PostgreSQL does. */
    static void cleanEnvironment(ProcessBuilder builder) {
        String zone = builder.environment().get("TZ");
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        builder.environment().put("LC_ALL", "C");
        if (zone != null) {
            builder.environment().put("TZ", zone);
        }
    }

    private static final class Tail implements Runnable {
        private final InputStream source;
        private final byte[] ring = new byte[TAIL_BYTES];
        private long count;

        Tail(InputStream source) {
            this.source = source;
        }

        @Override
        public void run() {
            byte[] buffer = new byte[4096];
            try (source) {
                for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
                    append(buffer, n);
                }
            } catch (IOException closedByTheEndOfTheProcess) {
                // what was read so far is the answer
            }
        }

        private synchronized void append(byte[] bytes, int length) {
            for (int i = 0; i < length; i++) {
                ring[(int) (count++ % TAIL_BYTES)] = bytes[i];
            }
        }

        synchronized String text() {
            int length = (int) Math.min(count, TAIL_BYTES);
            byte[] ordered = new byte[length];
            for (int i = 0; i < length; i++) {
                ordered[i] = ring[(int) ((count - length + i) % TAIL_BYTES)];
            }
            return new String(ordered, StandardCharsets.UTF_8).strip();
        }
    }
}
