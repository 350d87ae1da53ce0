package org.lightpipe.workflow;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Runs a stage's command with {@code /bin/sh}. The text of the command is what the workflow says, always: arguments
 * are environment variables, so that no value can become a command. Thread-safe.
 */
final class CommandStage {

    /** Bytes of output that are kept in the catalog. */
    static final int TAIL = 64 * 1024;

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final int LAST_WORDS = 300;

    private final StageRuns runs;
    private final Map<String, String> hubEnvironment;

    CommandStage(StageRuns runs, Map<String, String> hubEnvironment) {
        this.runs = runs;
        this.hubEnvironment = hubEnvironment;
    }

    /**
     * Runs the command to its end; no process of it is left afterwards, however it ends.
     *
     * @throws StageFailedException when the exit status is not 0 or the time is over
     * @throws TakenOverException when the claim says so
     */
    StageOutcome run(StageCall call, Claim claim)
            throws IOException, InterruptedException, StageFailedException, TakenOverException {
        // a session of its own, so that its processes can be told; no terminal, no input
        ProcessBuilder builder = new ProcessBuilder(
                        "setsid", "/bin/sh", "-c", call.stage().command())
                .directory(call.directory().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(call.log().toFile());
        StageEnvironment.check("command", call.stage().command());
        builder.environment().clear();
        builder.environment()
                .putAll(StageEnvironment.of(call.arguments(), call.run().mark(), hubEnvironment));
        // a link that someone put in place of the log would be written through
        Files.deleteIfExists(call.log());
        Process process = builder.start();
        boolean ended;
        try {
            runs.started(call.run(), process.pid(), process.info().startInstant());
            ended = await(process, Duration.ofSeconds(call.stage().timeout()), claim);
        } finally {
            kill(call, process);
        }
        String output = tail(call.log());
        if (!ended) {
            throw new StageFailedException(
                    "stage " + call.stage().key() + " was ended after its time of "
                            + call.stage().timeout() + " s" + lastWords(output),
                    OptionalInt.empty(),
                    output);
        }
        if (process.exitValue() != 0) {
            throw new StageFailedException(
                    "stage " + call.stage().key() + " ended with exit status " + process.exitValue()
                            + lastWords(output),
                    OptionalInt.of(process.exitValue()),
                    output);
        }
        return new StageOutcome(OptionalInt.of(0), output, Map.of(), List.of());
    }

    private static boolean await(Process process, Duration time, Claim claim)
            throws InterruptedException, TakenOverException {
        long deadline = System.nanoTime() + time.toNanos();
        while (true) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            if (process.waitFor(Math.min(left, Claim.BETWEEN_CHECKS.toNanos()), TimeUnit.NANOSECONDS)) {
                return true;
            }
            claim.check();
        }
    }

    /** What the command left in the background must not write on after its outputs are proved. */
    private static void kill(StageCall call, Process process) {
        OptionalLong leader = process.isAlive() ? OptionalLong.of(process.pid()) : OptionalLong.empty();
        new ProcessTree(call.run().mark(), leader).kill(GRACE);
        if (process.isAlive()) {
            process.destroyForcibly();
        }
    }

    /** The last part of a log as text that the catalog can keep. */
    static String tail(Path log) throws IOException {
        try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, TAIL));
            long position = size - bytes.capacity();
            while (bytes.hasRemaining()) {
                int read = channel.read(bytes, position + bytes.position());
                if (read < 0) {
                    break;
                }
            }
            // a NUL is no text to the database
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).replace('\0', '\uFFFD');
        }
    }

    private static String lastWords(String output) {
        String words = output.strip();
        if (words.isEmpty()) {
            return "; it printed nothing";
        }
        int from = Math.max(0, words.length() - LAST_WORDS);
        return "; its last words: " + (from > 0 ? "…" : "") + words.substring(from);
    }
}
