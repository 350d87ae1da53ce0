package org.lightpipe.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 (FIPS 180-4), in lower case hexadecimal. */
public final class Sha256 {

    private static final int BUFFER = 1 << 16;

    private Sha256() {}

    /**
     * What was read.
     *
     * @param digest its SHA-256, in hexadecimal
     * @param size its size in bytes
     */
    public record Sum(String digest, long size) {}

    /** A digest that has seen nothing yet. */
    public static MessageDigest start() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The digest of bytes in memory. */
    public static String of(byte[] bytes) {
        return HexFormat.of().formatHex(start().digest(bytes));
    }

    /** Reads a file. */
    public static Sum of(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return of(stream);
        }
    }

    /**
     * Reads a stream up to its end.
     *
     * @throws InterruptedIOException when the thread is interrupted, which a file of a terabyte gives time for
     */
    public static Sum of(InputStream stream) throws IOException {
        MessageDigest digest = start();
        byte[] buffer = new byte[BUFFER];
        long size = 0;
        for (int count; (count = stream.read(buffer)) >= 0; ) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("stopped");
            }
            digest.update(buffer, 0, count);
            size += count;
        }
        return new Sum(HexFormat.of().formatHex(digest.digest()), size);
    }
}
