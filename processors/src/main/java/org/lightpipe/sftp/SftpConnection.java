package org.lightpipe.sftp;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One connection to an SFTP server. Requests return at once with a future for the answer, so that many are on their way
 * at the same time; where the window of the connection is full they wait for room first. The server treats requests
 * about one file in the order in which they were sent (draft-ietf-secsh-filexfer-02, section 4.1): writing, setting
 * times, reading back and closing need not wait for each other. Thread-safe.
 *
 * <p>Futures complete on the thread that reads the connection: what hangs on them must not block.
 */
public final class SftpConnection implements AutoCloseable {

    private static final int SAFE_CHUNK = 32_768;
    private static final int LARGEST_CHUNK = 256 << 10;
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int READ = 5;
    private static final int WRITE = 6;
    private static final int LSTAT = 7;
    private static final int FSTAT = 8;
    private static final int SETSTAT = 9;
    private static final int FSETSTAT = 10;
    private static final int REMOVE = 13;
    private static final int MKDIR = 14;
    private static final int REALPATH = 16;
    private static final int STAT = 17;
    private static final int RENAME = 18;
    private static final int EXTENDED = 200;

    private final SftpAccess access;
    private final Exchange exchange;
    private volatile Features features = new Features(false, false, false, SAFE_CHUNK, SAFE_CHUNK);
    private final FarDigests digests;
    private final SshTransport transport;
    private final Object starting = new Object();
    private volatile Optional<FarWriter> writer = Optional.empty();

    /** What the server offers beyond the protocol. */
    private record Features(boolean posixRename, boolean fsync, boolean statvfs, int writeChunk, int readChunk) {}

    /**
     * Bytes that were read.
     *
     * @param array holds them
     * @param start index of the first
     * @param count how many; none at the end of the file
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Bytes(byte[] array, int start, int count) {}

    /**
     * Space of a file system.
     *
     * @param free bytes that can still be written by this user
     * @param freeFiles files that can still be made
     * @param longestName longest name of a file, in bytes
     */
    public record Space(long free, long freeFiles, long longestName) {}

    private SftpConnection(SftpAccess access, SshTransport transport) throws IOException {
        this.access = access;
        this.exchange = new Exchange(access, transport);
        this.digests = new FarDigests(this, transport);
        this.transport = transport;
    }

    /**
     * Connects, logs in and starts SFTP.
     *
     * @throws SftpConnectionException when that is not possible, in plain words
     */
    public static SftpConnection open(SftpAccess access) throws IOException {
        SshTransport transport = SshTransport.connect(access);
        SftpConnection connection = null;
        try {
            connection = new SftpConnection(access, transport);
            connection.start();
            return connection;
        } catch (IOException e) {
            if (connection != null) {
                connection.close();
            }
            transport.close();
            throw e;
        }
    }

    private void start() throws IOException {
        Map<String, String> offers = exchange.start();
        boolean limits = offers.containsKey("limits@openssh.com");
        int write = SAFE_CHUNK;
        int read = SAFE_CHUNK;
        if (limits) {
            ByteBuffer answer = exchange.await(
                    send(new Packet(EXTENDED, 32).putText("limits@openssh.com"), 64, Replies::extendedReply),
                    access.timeouts().connect());
            long packet = answer.getLong();
            read = chunk(answer.getLong(), packet);
            write = chunk(answer.getLong(), packet);
        }
        features = new Features(
                offers.containsKey("posix-rename@openssh.com"),
                offers.containsKey("fsync@openssh.com"),
                offers.containsKey("statvfs@openssh.com"),
                write,
                read);
    }

    private static int chunk(long told, long packet) {
        long most = told > 0 ? told : packet > 0 ? packet - 1024 : SAFE_CHUNK;
        return (int) Math.max(1024, Math.min(most, LARGEST_CHUNK - 1024));
    }

    // ---- requests about files -------------------------------------------------------------------------------------

    /**
     * Opens a file; the answer is its handle.
     *
     * @param flags sum of {@link OpenFlags}
     */
    public CompletableFuture<byte[]> open(byte[] path, int flags, Attributes attributes) throws IOException {
        return send(
                new Packet(OPEN, path.length + 40).putString(path).putInt(flags).put(attributes), 64, Replies::handle);
    }

    /** Writes bytes; the array must stay as it is until the answer is there. At most {@link #writeChunk} of them. */
    public CompletableFuture<Void> write(byte[] handle, long offset, byte[] bytes, int start, int count)
            throws IOException {
        return send(
                new Packet(WRITE, handle.length + 16)
                        .putString(handle)
                        .putLong(offset)
                        .putPayload(bytes, start, count),
                32,
                Replies::ok);
    }

    /** Reads bytes, at most {@link #readChunk}; the server may give less than was asked for. */
    public CompletableFuture<Bytes> read(byte[] handle, long offset, int count) throws IOException {
        return send(
                new Packet(READ, handle.length + 16)
                        .putString(handle)
                        .putLong(offset)
                        .putInt(count),
                count,
                Replies::data);
    }

    public CompletableFuture<Void> close(byte[] handle) throws IOException {
        return send(new Packet(CLOSE, handle.length + 4).putString(handle), 32, Replies::ok);
    }

    public CompletableFuture<Void> setAttributes(byte[] handle, Attributes attributes) throws IOException {
        return send(new Packet(FSETSTAT, handle.length + 44).putString(handle).put(attributes), 32, Replies::ok);
    }

    public CompletableFuture<Void> setPathAttributes(byte[] path, Attributes attributes) throws IOException {
        return send(new Packet(SETSTAT, path.length + 44).putString(path).put(attributes), 32, Replies::ok);
    }

    public CompletableFuture<Attributes> attributes(byte[] handle) throws IOException {
        return send(new Packet(FSTAT, handle.length + 4).putString(handle), 64, Replies::attrs);
    }

    /** Attributes of what is at a path; a link is followed. */
    public CompletableFuture<Attributes> stat(byte[] path) throws IOException {
        return send(new Packet(STAT, path.length + 4).putString(path), 64, Replies::attrs);
    }

    /** Attributes of what is at a path; a link is not followed. */
    public CompletableFuture<Attributes> linkStat(byte[] path) throws IOException {
        return send(new Packet(LSTAT, path.length + 4).putString(path), 64, Replies::attrs);
    }

    public CompletableFuture<Void> makeDirectory(byte[] path) throws IOException {
        return send(new Packet(MKDIR, path.length + 12).putString(path).put(Attributes.none()), 32, Replies::ok);
    }

    public CompletableFuture<Void> remove(byte[] path) throws IOException {
        return send(new Packet(REMOVE, path.length + 4).putString(path), 32, Replies::ok);
    }

    /** Renames; where {@link #replaces} a file of the new name is replaced in one step, else that is an error. */
    public CompletableFuture<Void> rename(byte[] from, byte[] to) throws IOException {
        int room = from.length + to.length + 40;
        Packet packet =
                replaces() ? new Packet(EXTENDED, room).putText("posix-rename@openssh.com") : new Packet(RENAME, room);
        return send(packet.putString(from).putString(to), 32, Replies::ok);
    }

    /** The path that the server makes of a path, from its root on. */
    public CompletableFuture<byte[]> realPath(byte[] path) throws IOException {
        return send(new Packet(REALPATH, path.length + 4).putString(path), 256, Replies::name);
    }

    /** Writes what the server holds of a file, or of the names in a directory, to its disk. */
    public CompletableFuture<Void> flush(byte[] handle) throws IOException {
        return exchange.send(
                new Packet(EXTENDED, handle.length + 32)
                        .putText("fsync@openssh.com")
                        .putString(handle),
                32,
                true,
                Replies::ok);
    }

    /** Space of the file system that a path lies in; empty when the server cannot say. */
    public CompletableFuture<Optional<Space>> space(byte[] path) throws IOException {
        if (!features.statvfs()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return send(
                new Packet(EXTENDED, path.length + 32)
                        .putText("statvfs@openssh.com")
                        .putString(path),
                128,
                (type, fields) -> Optional.of(space(Replies.extendedReply(type, fields))));
    }

    private static Space space(ByteBuffer fields) {
        fields.getLong(); // block size
        long fragment = fields.getLong();
        fields.getLong(); // blocks
        fields.getLong(); // free for root
        long free = fields.getLong();
        fields.getLong(); // inodes
        fields.getLong(); // free inodes for root
        long freeFiles = fields.getLong();
        fields.getLong(); // file system
        fields.getLong(); // flags
        long longestName = fields.getLong();
        return new Space(free > Long.MAX_VALUE / fragment ? Long.MAX_VALUE : free * fragment, freeFiles, longestName);
    }

    // ---- what the server offers -----------------------------------------------------------------------------------

    /** Most bytes of one write. */
    public int writeChunk() {
        return features.writeChunk();
    }

    /** Most bytes of one read. */
    public int readChunk() {
        return features.readChunk();
    }

    /** True when a rename replaces a file of the new name in one step. */
    public boolean replaces() {
        return features.posixRename();
    }

    /** True when the server can flush a file to its disk. */
    public boolean flushes() {
        return features.fsync();
    }

    /** Digests that the far side computes, where it can. */
    public FarDigests digests() {
        return digests;
    }

    /** What writes small files in the shell of the far side, if it was started and nothing unexpected came of it. */
    public Optional<FarWriter> writer() {
        return writer.filter(FarWriter::isOpen);
    }

    /**
     * What writes small files in the shell of the far side; it is started where it is not there yet.
     *
     * @param probe path of a file that may be made and removed to see that the shell has the same files
     * @throws FarWriterException when that is not possible
     * @throws SftpStatusException when the file cannot be made
     */
    public FarWriter writer(byte[] probe) throws IOException {
        synchronized (starting) {
            if (writer().isEmpty()) {
                writer = Optional.of(FarWriter.start(this, transport, access, probe));
            }
            return writer.get();
        }
    }

    /** {@code user@host:port}. */
    public String shown() {
        return access.shown();
    }

    // ---- waiting --------------------------------------------------------------------------------------------------

    /**
     * Waits for an answer. It comes, or fails, in time: the connection is watched.
     *
     * @throws SftpStatusException when the server refuses
     * @throws SftpConnectionException when the connection broke
     * @throws InterruptedIOException when the thread is interrupted; its interrupt status stays set
     */
    public <T> T await(CompletableFuture<T> answer) throws IOException {
        return exchange.await(answer, LONGEST_WAIT);
    }

    /** True while requests can be sent. */
    public boolean isOpen() {
        return exchange.isOpen();
    }

    /** Called every second or so by whoever owns the connection: ends it when answers stay away. */
    void watch() {
        exchange.watch();
        writer.ifPresent(FarWriter::watch);
    }

    @Override
    public void close() {
        exchange.fail("it was closed", null);
    }

    private <T> CompletableFuture<T> send(Packet packet, int answerSize, Exchange.Decoder<T> decoder)
            throws IOException {
        return exchange.send(packet, answerSize, false, decoder);
    }
}
