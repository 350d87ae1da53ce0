package org.lightpipe.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.OpenFlags;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpInput;
import org.lightpipe.sftp.SftpPool;
import org.lightpipe.sftp.SftpStatusException;
import org.lightpipe.sftp.Status;

/** A storage behind SFTP. */
final class SftpSession implements StorageSession {

    private static final int WRITES_AHEAD = 16;
    private static final int PRIVATE = 0600;

    private final FarStorage storage;
    private final SftpPool.Lease lease;
    private final SftpConnection connection;

    SftpSession(FarStorage storage) throws IOException {
        this.storage = storage;
        this.lease = storage.pool().lease();
        this.connection = lease.connection();
    }

    @Override
    public InputStream read(String path) throws IOException {
        try {
            return new SftpInput(connection, remote(path));
        } catch (SftpStatusException e) {
            throw inWords("read", path, e);
        }
    }

    @Override
    public boolean exists(String path) throws IOException {
        try {
            connection.await(connection.linkStat(remote(path)));
            return true;
        } catch (SftpStatusException e) {
            if (e.isMissing()) {
                return false;
            }
            throw inWords("look at", path, e);
        }
    }

    @Override
    public void createDirectories(String path) throws IOException {
        // Not from memory: whoever asks here wants it to be there.
        storage.directories().forget(path);
        Map<String, IOException> failures = storage.directories().make(connection, List.of(path));
        if (!failures.isEmpty()) {
            IOException e = failures.get(path);
            throw e instanceof SftpStatusException status ? inWords("make directory", path, status) : e;
        }
    }

    @Override
    public void write(String path, InputStream bytes) throws IOException {
        byte[] name = remote(path);
        try {
            delete(path);
            byte[] handle = connection.await(connection.open(
                    name,
                    OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.NEW,
                    Attributes.none().withMode(PRIVATE)));
            boolean written = false;
            try {
                write(handle, bytes);
                connection.await(
                        connection.setAttributes(handle, Attributes.none().withMode(storage.fileMode())));
                if (connection.flushes()) {
                    connection.await(connection.flush(handle));
                }
                written = true;
            } finally {
                CompletableFuture<Void> closing = connection.close(handle);
                if (written) {
                    connection.await(closing);
                }
            }
        } catch (SftpStatusException e) {
            throw inWords("write", path, e);
        }
    }

    private void write(byte[] handle, InputStream bytes) throws IOException {
        Deque<CompletableFuture<Void>> ahead = new ArrayDeque<>();
        long offset = 0;
        while (true) {
            byte[] part = bytes.readNBytes(connection.writeChunk());
            if (part.length == 0) {
                break;
            }
            ahead.add(connection.write(handle, offset, part, 0, part.length));
            offset += part.length;
            if (ahead.size() > WRITES_AHEAD) {
                connection.await(ahead.poll());
            }
        }
        for (CompletableFuture<Void> each : ahead) {
            connection.await(each);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            connection.await(connection.rename(remote(from), remote(to)));
        } catch (SftpStatusException e) {
            // A server without posix-rename refuses to replace a file.
            if (connection.replaces() || !exists(to) || !exists(from)) {
                throw inWords("rename", from, e);
            }
            delete(to);
            try {
                connection.await(connection.rename(remote(from), remote(to)));
            } catch (SftpStatusException again) {
                throw inWords("rename", from, again);
            }
        }
    }

    @Override
    public void delete(String path) throws IOException {
        try {
            connection.await(connection.remove(remote(path)));
        } catch (SftpStatusException e) {
            if (!e.isMissing()) {
                throw inWords("remove", path, e);
            }
        }
    }

    @Override
    public void close() {
        lease.close();
    }

    private byte[] remote(String path) {
        return storage.paths().of(path);
    }

    private IOException inWords(String what, String path, SftpStatusException e) {
        if (e.isMissing()) {
            NoSuchFileException missing = new NoSuchFileException(path);
            missing.initCause(e);
            return missing;
        }
        String why = e.code() == Status.PERMISSION_DENIED ? "permission denied" : e.getMessage();
        return new IOException("cannot " + what + " '" + path + "' on " + connection.shown() + ": " + why, e);
    }
}
