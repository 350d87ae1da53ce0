package org.lightpipe.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpStatusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the files of an upload ended. What is of no use any more is removed from the far side. */
final class UploadOutcomes {

    private static final Logger LOG = LoggerFactory.getLogger(UploadOutcomes.class);

    private final SftpConnection connection;
    private final Troubles troubles;
    private final Map<Item, Outcome> outcomes;
    private final List<CompletableFuture<Void>> removals = new ArrayList<>();

    /** @param outcomes gets one for each file */
    UploadOutcomes(SftpConnection connection, Troubles troubles, Map<Item, Outcome> outcomes) {
        this.connection = connection;
        this.troubles = troubles;
        this.outcomes = outcomes;
    }

    /** A file of which nothing was sent. */
    void put(Outcome outcome) {
        outcomes.put(outcome.item(), outcome);
    }

    boolean has(Item item) {
        return outcomes.containsKey(item);
    }

    /** What broke the connection is what happened to all files that have not ended. */
    void cutOff(List<Item> items, IOException e) {
        for (Item item : items) {
            outcomes.putIfAbsent(item, troubles.of(item, e));
        }
    }

    /** @param provedBy how it was proved, if it was */
    void finish(FileUpload file, String provedBy) throws IOException {
        Outcome outcome;
        if (file.failure().isPresent()) {
            outcome = troubles.of(file.item, file.failure().get());
        } else if (file.isChanged()) {
            outcome = new Outcome.Changed(file.item);
        } else {
            outcome = unchanged(file, provedBy);
        }
        outcomes.put(file.item, outcome);
        if (!(outcome instanceof Outcome.Proved)) {
            removals.add(connection.remove(file.temporary));
        }
    }

    private Outcome unchanged(FileUpload file, String provedBy) {
        try {
            return SourceStat.of(file.item.source()).equals(file.before)
                    ? new Outcome.Proved(file.item, file.before, file.digests, provedBy)
                    : new Outcome.Changed(file.item);
        } catch (IOException e) {
            return troubles.of(file.item, e);
        }
    }

    /** Waits until the far side has removed what is of no use. */
    void tidied() throws IOException {
        for (CompletableFuture<Void> removal : removals) {
            try {
                connection.await(removal);
            } catch (SftpStatusException e) {
                // Not there, or the next attempt replaces it.
                LOG.debug("a temporary copy was not removed", e);
            }
        }
    }
}
