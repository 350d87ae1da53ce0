package org.lightpipe.transfer;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.lightpipe.sftp.FarWriter;
import org.lightpipe.sftp.FarWriterException;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpStatusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether small files go through the shell of a storage's far side: not where that is switched off, and not for a while
 * after it turned out that there is none, or something unexpected came of it. Thread-safe.
 */
final class ShellUse {

    private static final Logger LOG = LoggerFactory.getLogger(ShellUse.class);

    private static final long REST_NANOS = TimeUnit.MINUTES.toNanos(15);

    private final boolean allowed;
    private boolean resting;
    private long restsSince;
    private String told = "";

    /** @param allowed false when commands are never run there */
    ShellUse(boolean allowed) {
        this.allowed = allowed;
    }

    /**
     * What writes files there.
     *
     * @param probe path of a file that is about to be written; something may be there of an earlier attempt
     * @return empty when they are to go over SFTP
     */
    Optional<FarWriter> writer(SftpConnection connection, byte[] probe) throws IOException {
        if (!isInUse()) {
            return Optional.empty();
        }
        try {
            return Optional.of(connection.writer(probe));
        } catch (SftpStatusException e) {
            // Nothing can be written there; SFTP tells why.
            return Optional.empty();
        } catch (FarWriterException e) {
            failed(e);
            return Optional.empty();
        }
    }

    /** What writes files there, if it does so on this connection already. */
    Optional<FarWriter> running(SftpConnection connection) {
        return isInUse() ? connection.writer() : Optional.empty();
    }

    private synchronized boolean isInUse() {
        if (resting && System.nanoTime() - restsSince > REST_NANOS) {
            resting = false;
        }
        return allowed && !resting;
    }

    /** Something unexpected came of it. */
    synchronized void failed(FarWriterException e) {
        String words = String.valueOf(e.getMessage());
        if (resting || told.equals(words)) {
            LOG.debug("once more: {}", words);
        } else {
            told = words;
            LOG.warn("small files go over SFTP, which is slower: {}", words);
        }
        resting = true;
        restsSince = System.nanoTime();
    }
}
