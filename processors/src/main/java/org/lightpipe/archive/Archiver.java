package org.lightpipe.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.Optional;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a dataset to tape as a bag and proves it by reading it back. Killed at any instant and repeated, it leaves one
 * tar and nothing else. Thread-safe.
 */
public final class Archiver {

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final Milestones milestones;
    private final BagRecords records;

    /**
     * @param jdbc the catalog
     * @param transactions transactions on it
     * @param work ends what a step has claimed
     * @param configuration where a beamline's storage is
     * @param storages opens storages
     */
    public Archiver(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages) {
        this(jdbc, transactions, work, configuration, storages, Milestones.NONE);
    }

    Archiver(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages,
            Milestones milestones) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.work = work;
        this.configuration = configuration;
        this.storages = storages;
        this.milestones = milestones;
        this.records = new BagRecords(jdbc);
    }

    /**
     * Archives one claimed bag. Does nothing when it is no longer held by that run of the hub.
     *
     * @param id the bag
     * @param claimedBy the run of the hub that claimed it
     * @throws PermanentFailureException when a file in storage is not what was catalogued, or another file has the bag's
     *     place on tape
     * @throws IOException when storage or tape fail, or the tape gives back something else than was written
     */
    public void archive(long id, long claimedBy) throws IOException {
        Optional<Bag> held = records.held(id, Step.ARCHIVE.busy(), claimedBy);
        if (held.isEmpty()) {
            work.ended(Step.ARCHIVE, id);
            LOG.warn("archive: bag {} was taken over by another hub", id);
            return;
        }
        Bag bag = held.get();
        long unfit = records.filesNotIn(bag.datasetId(), "CATALOGUED");
        if (unfit > 0) {
            throw new IllegalStateException(unfit + " files of " + bag + " are not catalogued");
        }
        TapeLibrary tape = new TapeLibrary(Path.of(bag.tape()));
        tape.prepare(bag);
        BagProof proof = tape.has(bag) ? adopt(tape, bag) : build(tape, bag);
        milestones.passed("in place");
        commit(bag, proof, Files.getLastModifiedTime(tape.place(bag)).toInstant());
    }

    private BagProof build(TapeLibrary tape, Bag bag) throws IOException {
        boolean done = false;
        try (StorageSession storage =
                storages.open(configuration.beamline(bag.beamline()).storage())) {
            BagWriter writer = new BagWriter(bag.layout(), bag.plannedAt());
            tape.write(
                    bag,
                    to -> writer.write(to, watched(bag), file -> storage.read(bag.storagePath(file)), tape.spool(bag)));
            milestones.passed("written");
            BagProof proof;
            try {
                proof = tape.readTemporary(bag, records.files(bag.datasetId()));
            } catch (DamagedBagException e) {
                throw new DamagedBagException(
                        "the tape library gave back something else than was written: " + e.getMessage());
            }
            milestones.passed("proved");
            tape.put(bag);
            done = true;
            return proof;
        } finally {
            if (!done) {
                removeTemporaries(tape, bag);
            }
        }
    }

    /** The files of the bag, passing a milestone once half of them were asked for. */
    private Iterator<PayloadFile> watched(Bag bag) {
        Iterator<PayloadFile> files = records.files(bag.datasetId());
        return new Iterator<>() {
            private long count;

            @Override
            public boolean hasNext() {
                return files.hasNext();
            }

            @Override
            public PayloadFile next() {
                if (++count == bag.files() / 2 + 1) {
                    milestones.passed("half written");
                }
                return files.next();
            }
        };
    }

    /**
     * A bag gets its final name only after it was proved, so one that is there already was left by a hub that died before
     * it could say so. It is proved again. Anything else in that place may be somebody's only copy: it is not touched.
     */
    private BagProof adopt(TapeLibrary tape, Bag bag) throws IOException {
        try {
            return tape.read(bag, records.files(bag.datasetId()), PayloadVisitor.NONE);
        } catch (DamagedBagException e) {
            throw new PermanentFailureException(tape.place(bag) + " exists and is not the bag of this dataset: "
                    + e.getMessage() + "; see what it is and move it away, then retry");
        }
    }

    private void commit(Bag bag, BagProof proof, Instant written) {
        transactions.executeWithoutResult(status -> {
            if (!work.done(Step.ARCHIVE, bag.id())) {
                status.setRollbackOnly();
                return;
            }
            jdbc.update(
                    "update bag set size = ?, digest = ?, written_at = ?, verified_at = now() where id = ?",
                    proof.size(),
                    proof.sha256(),
                    OffsetDateTime.ofInstant(written, ZoneOffset.UTC),
                    bag.id());
            jdbc.update("update dataset set archived_at = now(), reason = null where id = ?", bag.datasetId());
            int files = jdbc.update(
                    "update file set state = 'ARCHIVED' where dataset_id = ? and state = 'CATALOGUED'",
                    bag.datasetId());
            if (files != proof.files()) {
                throw new IllegalStateException("the files of " + bag + " changed while it was written: " + files
                        + " are catalogued, " + proof.files() + " are on tape");
            }
        });
        LOG.info("archive: {} holds {} files in {} bytes", bag, proof.files(), proof.size());
    }

    private static void removeTemporaries(TapeLibrary tape, Bag bag) {
        try {
            tape.removeOwnTemporaries(bag);
        } catch (IOException e) {
            LOG.warn("archive: cannot remove what is left of {}; the next attempt will: {}", bag, e.getMessage());
        }
    }
}
