package org.lightpipe.sftp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * SHA-256 digests that the far side computes with its own shell, where there is one: the bytes need not travel back. The
 * command is always the same text, and the names go into its standard input with a zero byte between them.
 */
public final class FarDigests {

    private static final String COMMAND = "LC_ALL=C exec xargs -0 -r sha256sum -b -z --";
    private static final byte[] NULL_DEVICE = "/dev/null".getBytes(StandardCharsets.US_ASCII);
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final int DIGEST_LENGTH = 64;
    private static final int SEPARATOR_LENGTH = 2;
    private static final long SLOWEST_BYTES_PER_SECOND = 10L << 20;

    private final SftpConnection connection;
    private final SshTransport transport;
    private Optional<byte[]> home = Optional.empty();
    private boolean asked;

    FarDigests(SftpConnection connection, SshTransport transport) {
        this.connection = connection;
        this.transport = transport;
    }

    /** True when the far side has a shell with {@code xargs} and {@code sha256sum}; it is asked once. */
    public synchronized boolean available() throws IOException {
        if (!asked) {
            byte[] directory = connection.await(connection.realPath(new byte[] {'.'}));
            if (probe()) {
                home = Optional.of(directory);
            }
            asked = true;
        }
        return home.isPresent();
    }

    private boolean probe() throws IOException {
        try {
            return digests(List.of(NULL_DEVICE), 0).equals(List.of(Optional.of(OF_NOTHING)));
        } catch (SftpConnectionException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Asks for the digests of files.
     *
     * @param paths their paths
     * @param bytes how long they are together: more takes longer
     * @return a digest in hexadecimal for each path, empty where the far side could not read the file
     * @throws IOException when it did not answer, or not what was asked
     */
    public List<Optional<String>> of(List<byte[]> paths, long bytes) throws IOException {
        List<byte[]> absolute = new ArrayList<>(paths.size());
        byte[] directory;
        synchronized (this) {
            directory = home.orElseThrow(() -> new IOException("the far side has no shell"));
        }
        for (byte[] path : paths) {
            absolute.add(FarPath.absolute(directory, path));
        }
        return digests(absolute, bytes);
    }

    private List<Optional<String>> digests(List<byte[]> paths, long bytes) throws IOException {
        ByteArrayOutputStream names = new ByteArrayOutputStream();
        for (byte[] path : paths) {
            names.writeBytes(path);
            names.write(0);
        }
        int most = names.size() + paths.size() * (DIGEST_LENGTH + SEPARATOR_LENGTH);
        CompletableFuture<byte[]> output = transport.run(COMMAND, names.toByteArray(), most);
        try {
            return matched(paths, output.get(60 + bytes / SLOWEST_BYTES_PER_SECOND, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the digest of the far side took too long", e);
        } finally {
            output.cancel(false);
        }
    }

    /** The files come in the order in which they were named; one that could not be read is left out. */
    private List<Optional<String>> matched(List<byte[]> paths, byte[] output) throws IOException {
        List<Optional<String>> found = new ArrayList<>(paths.size());
        int at = 0;
        for (byte[] path : paths) {
            int name = at + DIGEST_LENGTH + SEPARATOR_LENGTH;
            int end = name + path.length;
            boolean answered =
                    end < output.length && output[end] == 0 && Arrays.equals(output, name, end, path, 0, path.length);
            if (answered) {
                found.add(Optional.of(hex(output, at)));
                at = end + 1;
            } else {
                found.add(Optional.empty());
            }
        }
        if (at != output.length) {
            if (!connection.isOpen()) {
                throw new SftpConnectionException("connection to " + connection.shown() + " broke", null);
            }
            throw new IOException("the digest command of the far side gave an answer that cannot be understood");
        }
        if (!connection.isOpen() && found.contains(Optional.<String>empty())) {
            throw new SftpConnectionException("connection to " + connection.shown() + " broke", null);
        }
        return found;
    }

    private static String hex(byte[] output, int at) throws IOException {
        String digest = new String(output, at, DIGEST_LENGTH, StandardCharsets.US_ASCII);
        try {
            return HexFormat.of().formatHex(HexFormat.of().parseHex(digest));
        } catch (IllegalArgumentException e) {
            throw new IOException("the digest command of the far side gave '" + digest + "'", e);
        }
    }
}
