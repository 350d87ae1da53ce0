package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.lightpipe.core.RawName;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnectionException;
import org.lightpipe.sftp.SftpStatusException;
import org.lightpipe.sftp.Status;

/** Says in plain words why a file did not get into a storage behind SFTP, and whether the whole storage is to blame. */
final class Troubles {

    /** OpenSSH's server says no more than "failure" when its disk is full: with less than this it is. */
    private static final long FULL = 1L << 20;

    private final SftpConnection connection;
    private final FarPath paths;

    Troubles(SftpConnection connection, FarPath paths) {
        this.connection = connection;
        this.paths = paths;
    }

    /** What happened to a file that was to be written. */
    Outcome.Failed of(Item item, Exception e) {
        if (e instanceof SftpConnectionException) {
            return new Outcome.Failed(item, e, true);
        }
        if (e instanceof SftpStatusException status) {
            return ofTarget(item, status);
        }
        return new Outcome.Failed(item, inWords(item, e), false);
    }

    private static Exception inWords(Item item, Exception e) {
        if (e instanceof NoSuchFileException) {
            return new IOException("the source " + RawName.shown(RawName.text(item.source())) + " is gone", e);
        }
        if (e instanceof AccessDeniedException) {
            return new IOException(
                    "the source " + RawName.shown(RawName.text(item.source()))
                            + " may not be read: permission denied for user " + System.getProperty("user.name"),
                    e);
        }
        if (e instanceof ClosedByInterruptException) {
            InterruptedIOException stopped = new InterruptedIOException("stopped");
            stopped.initCause(e);
            return stopped;
        }
        return e;
    }

    /** What the far side answered when it was to take a file. */
    Outcome.Failed ofTarget(Item item, SftpStatusException e) {
        String where = "'" + RawName.shown(item.target()) + "' on " + connection.shown();
        return switch (e.code()) {
            case Status.PERMISSION_DENIED ->
                new Outcome.Failed(item, new IOException("permission denied for " + where, e), false);
            case Status.NO_SUCH_FILE ->
                new Outcome.Failed(
                        item, new IOException("the directory or the temporary copy is gone of " + where, e), false);
            case Status.BAD_MESSAGE ->
                new Outcome.Failed(
                        item, new IOException("the name is too long or not allowed there: " + where, e), false);
            case Status.FAILURE -> failure(item, where, e);
            default ->
                new Outcome.Failed(item, new IOException("refused (" + e.getMessage() + "): " + where, e), false);
        };
    }

    private Outcome.Failed failure(Item item, String where, SftpStatusException e) {
        Optional<SftpConnection.Space> space = space(item);
        if (space.isPresent() && space.get().free() < Math.max(FULL, Math.min(item.size(), FULL * 64))) {
            return new Outcome.Failed(
                    item,
                    new IOException(
                            "no space left on " + connection.shown() + ": "
                                    + (space.get().free() >> 10) + " kB free, for '" + RawName.shown(item.target())
                                    + "'",
                            e),
                    true);
        }
        if (space.isPresent() && space.get().freeFiles() == 0) {
            return new Outcome.Failed(
                    item, new IOException("no room for another file on " + connection.shown(), e), true);
        }
        return new Outcome.Failed(
                item,
                new IOException(
                        "the far side failed, perhaps at a quota or a disk error (it says no more than '"
                                + e.getMessage() + "'): " + where,
                        e),
                true);
    }

    private Optional<SftpConnection.Space> space(Item item) {
        try {
            return connection.await(connection.space(paths.of(item.temporaryDirectory())));
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    /** The far side took a file, but it is not the file that was sent. */
    IOException notTheSame(Item item, long size, String where) {
        return new IOException(connection.shown() + " reported success, but what it gives back of '"
                + RawName.shown(item.target()) + "' is not what was sent: " + where + ", of " + size + " bytes");
    }

    /** A part of the path that no file system takes, or the storage does not. */
    static Optional<IOException> tooLong(Item item, long longest) {
        for (String part : item.target().split("/")) {
            int length = RawName.bytes(part).length;
            if (length > longest) {
                return Optional.of(new IOException("the name is too long: " + length
                        + " bytes, where the storage takes " + longest + ": '" + RawName.shown(item.target()) + "'"));
            }
        }
        int whole = RawName.bytes(item.target()).length;
        return whole > 4000
                ? Optional.of(new IOException(
                        "the path is too long: " + whole + " bytes: '" + RawName.shown(item.target()) + "'"))
                : Optional.empty();
    }
}
