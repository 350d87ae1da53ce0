package org.lightpipe.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The SHA-256 of an input file, taken on a thread of its own beside the work, so that nobody waits for it. It is left out
 * where it takes much longer than the work, as with one slice of a terabyte.
 */
final class InputDigest implements AutoCloseable {

    private static final int BUFFER = 1 << 18;

    private final FutureTask<Optional<String>> task;

    private InputDigest(FutureTask<Optional<String>> task) {
        this.task = task;
    }

    /** @return the digest of the input if it is a file, begun now if nobody knows it */
    static InputDigest of(Input input) {
        if (!(input instanceof Input.File file) || file.sha256().isPresent()) {
            FutureTask<Optional<String>> known =
                    new FutureTask<>(() -> {}, input instanceof Input.File given ? given.sha256() : Optional.empty());
            known.run();
            return new InputDigest(known);
        }
        FutureTask<Optional<String>> task = new FutureTask<>(() -> Optional.of(read(file.path())));
        Thread thread = new Thread(task, "gpu-digest");
        thread.setDaemon(true);
        thread.setPriority(Thread.MIN_PRIORITY);
        thread.start();
        return new InputDigest(task);
    }

    private static String read(Path file) throws IOException, InterruptedException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("nobody waits for the digest any more");
                }
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * @param seconds how long to wait for it
     * @return the digest in hexadecimal; empty if it is not there by then, or the input is no file
     * @throws IOException if the file could not be read to its end
     */
    Optional<String> within(double seconds) throws IOException, InterruptedException {
        try {
            return task.get((long) (seconds * 1e9), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IOException("the input cannot be read: " + e.getCause().getMessage(), e.getCause());
        }
    }

    /** Stops the reading, if it goes on. */
    @Override
    public void close() {
        task.cancel(true);
    }
}
