package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnectionException;
import org.lightpipe.sftp.SftpStatusException;
import org.lightpipe.storage.FarStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a group of files into a storage behind SFTP over one connection, in the calling thread. Nothing waits for an
 * answer before the next request goes out: files are opened ahead, and answers are looked at in the order of the
 * requests once their turn comes. What was sent is kept until it was read back and compared. Small files go through the
 * shell of the far side, where it has one.
 */
final class Upload {

    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    private static final int OPENED_AHEAD = 64;
    private static final int PAGE = 4096;
    private static final long USUAL_LONGEST_NAME = 255;

    private final SftpConnection connection;
    private final FarStorage far;
    private final UploadPolicy policy;
    private final ResumePoints resumePoints;
    private final Troubles troubles;
    private final UploadOutcomes outcomes;
    private final UploadProof proof;
    private final UploadSteps steps;
    private final UploadOpening opening;
    private final UploadSending sending;
    private final UploadSmall small;
    private final Deque<FileUpload> opened = new ArrayDeque<>();
    private final List<FileUpload> all = new ArrayList<>();

    /**
     * @param stopped true when the transfer is to end early
     * @param outcomes gets one for each file
     */
    Upload(
            SftpConnection connection,
            FarStorage far,
            UploadPolicy policy,
            ResumePoints resumePoints,
            ShellUse shell,
            Meter meter,
            BooleanSupplier stopped,
            Map<Item, Outcome> outcomes) {
        this.connection = connection;
        this.far = far;
        this.policy = policy;
        this.resumePoints = resumePoints;
        this.troubles = new Troubles(connection, far.paths());
        int chunk = chunk(connection);
        this.outcomes = new UploadOutcomes(connection, troubles, outcomes);
        this.proof = new UploadProof(connection, policy, troubles, this.outcomes);
        UploadParts parts = new UploadParts(connection, proof, meter, troubles, chunk);
        this.steps = new UploadSteps(connection, parts, proof, troubles, chunk);
        this.opening = new UploadOpening(connection, far, policy, resumePoints, troubles, this.outcomes);
        this.sending = new UploadSending(connection, policy, stopped, opening, parts, steps, proof, chunk);
        this.small =
                new UploadSmall(connection, policy, shell, meter, stopped, opening, troubles, this.outcomes, proof);
    }

    private static int chunk(SftpConnection connection) {
        int most = Math.min(connection.writeChunk(), connection.readChunk());
        return most > PAGE ? most / PAGE * PAGE : most;
    }

    /** Copies and proves. */
    void run(List<Item> items) throws IOException {
        try {
            proof.choose();
            send(items, false);
            List<Item> lost = proof.proveThere(false);
            if (!lost.isEmpty()) {
                send(lost, true);
                proof.proveThere(true);
            }
            outcomes.tidied();
        } catch (SftpConnectionException | InterruptedIOException | ClosedByInterruptException e) {
            cutOff(items, e);
        } finally {
            for (FileUpload file : all) {
                closeSource(file);
            }
        }
    }

    /** @param again true when the files are to be sent from the start, whatever is there */
    private void send(List<Item> items, boolean again) throws IOException {
        for (Item item : small.send(possible(items))) {
            opening.begin(item, again).ifPresent(file -> {
                all.add(file);
                opened.add(file);
            });
            if (opened.size() >= OPENED_AHEAD) {
                sending.transmit(opened.poll());
            }
        }
        while (!opened.isEmpty()) {
            sending.transmit(opened.poll());
        }
        steps.settleAll();
    }

    /** Those that have a directory to lie in and a name that is not too long. */
    private List<Item> possible(List<Item> items) throws IOException {
        Map<String, IOException> refused = makeDirectories(items);
        long longest = longestName();
        List<Item> possible = new ArrayList<>(items.size());
        for (Item item : items) {
            Optional<IOException> tooLong = Troubles.tooLong(item, longest);
            IOException directory = refused.getOrDefault(item.directory(), refused.get(item.temporaryDirectory()));
            if (tooLong.isPresent()) {
                outcomes.put(new Outcome.Failed(item, tooLong.get(), false));
            } else if (directory != null) {
                outcomes.put(troubles.of(item, directory));
            } else {
                possible.add(item);
            }
        }
        return possible;
    }

    private Map<String, IOException> makeDirectories(List<Item> items) throws IOException {
        Set<String> directories = new LinkedHashSet<>();
        for (Item item : items) {
            directories.add(item.directory());
            directories.add(item.temporaryDirectory());
        }
        return far.directories().make(connection, directories);
    }

    private long longestName() throws IOException {
        try {
            return connection
                    .await(connection.space(far.paths().of("")))
                    .map(SftpConnection.Space::longestName)
                    .filter(length -> length > 0)
                    .orElse(USUAL_LONGEST_NAME);
        } catch (SftpStatusException e) {
            return USUAL_LONGEST_NAME;
        }
    }

    /** Keeps how far the files came, so that the next attempt does not begin again. */
    private void cutOff(List<Item> items, IOException e) {
        steps.salvage();
        small.salvage();
        for (FileUpload file : all) {
            long offset = safe(file);
            if (!outcomes.has(file.item) && file.goesOn() && file.before.size() >= policy.resumedFrom() && offset > 0) {
                resumePoints.put(
                        file.item,
                        new ResumePoints.Point(file.before, offset, file.taken, file.digested, file.digests));
            }
        }
        outcomes.cutOff(items, e);
    }

    /**
     * What the next attempt need not look at again: what the far side cannot have lost meanwhile, or what its own
     * digest of the whole will cover.
     */
    private long safe(FileUpload file) {
        if (proof.isFar()) {
            return file.settled;
        }
        return Math.max(file.flushed, policy.flushes(connection) ? 0 : file.aged.offset(System.nanoTime()));
    }

    private static void closeSource(FileUpload file) {
        if (file.source != null) {
            try {
                file.source.close();
            } catch (IOException e) {
                LOG.debug("source could not be closed", e);
            }
        }
    }
}
