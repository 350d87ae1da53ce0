package org.lightpipe.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.Work;
import org.lightpipe.config.ArchivePolicy;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.Sha256;
import org.lightpipe.storage.StorageSession;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Removes the disk copy of a dataset. Before the first file goes, the whole bag on tape is proved again, and every disk
 * copy is compared with it; when anything does not fit, nothing is removed. Thread-safe.
 */
public final class Releaser {

    private static final Logger LOG = LoggerFactory.getLogger(Releaser.class);
    private static final int BATCH = 200;
    private static final Duration LATER = Duration.ofMinutes(1);

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transactions;
    private final Work work;
    private final LiveConfiguration configuration;
    private final Storages storages;
    private final Milestones milestones;
    private final BagRecords records;
    private final HeldFiles held;

    /**
     * @param jdbc the catalog
     * @param transactions transactions on it
     * @param work ends what a step has claimed
     * @param configuration where a beamline's storage is, and whether it wants its disk back
     * @param storages opens storages
     */
    public Releaser(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages) {
        this(jdbc, transactions, work, configuration, storages, Milestones.NONE);
    }

    Releaser(
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
        this.held = new HeldFiles(jdbc, transactions);
    }

    /**
     * Releases the disk copy of one claimed bag. Does nothing when it is no longer held by that run of the hub.
     *
     * @param id the bag
     * @param claimedBy the run of the hub that claimed it
     * @throws PermanentFailureException when the bag on tape, or a disk copy, is not what was catalogued
     * @throws IOException when storage or tape fail
     */
    public void release(long id, long claimedBy) throws IOException {
        Optional<Bag> claimed = records.held(id, Step.RELEASE.busy(), claimedBy);
        if (claimed.isEmpty()) {
            work.ended(Step.RELEASE, id);
            LOG.warn("release: bag {} was taken over by another hub", id);
            return;
        }
        Bag bag = claimed.get();
        Optional<String> not = whyNotNow(bag);
        if (not.isPresent()) {
            work.again(Step.RELEASE, id, LATER, not.get());
            return;
        }
        prove(bag);
        milestones.passed("proved");
        try (StorageSession storage =
                storages.open(configuration.beamline(bag.beamline()).storage())) {
            compare(bag, storage);
            milestones.passed("compared");
            remove(bag, storage);
        }
        milestones.passed("removed");
        commit(bag);
    }

    /** Only a beamline that wants its disk back today gets it, and never while somebody works with the data. */
    private Optional<String> whyNotNow(Bag bag) {
        boolean wanted = configuration
                .beamline(bag.beamline())
                .archive()
                .map(ArchivePolicy::release)
                .orElse(false);
        if (!wanted) {
            return Optional.of("the beamline keeps its disk copies");
        }
        Boolean inUse = jdbc.queryForObject(
                "select exists (select 1 from recall where bag_id = ? and state <> 'ONLINE')"
                        + " or exists (select 1 from job where dataset_id = ? and state in ('PENDING', 'RUNNING'))",
                Boolean.class,
                bag.id(),
                bag.datasetId());
        return Boolean.TRUE.equals(inUse) ? Optional.of("a recall or a job needs the disk copy") : Optional.empty();
    }

    private void prove(Bag bag) throws IOException {
        long unfit = records.filesNotIn(bag.datasetId(), "ARCHIVED", "RELEASED", "RECALLED");
        if (unfit > 0) {
            throw new PermanentFailureException("not released: " + unfit + " files of " + bag + " are not archived");
        }
        TapeLibrary tape = new TapeLibrary(Path.of(bag.tape()));
        try {
            tape.read(bag, records.files(bag.datasetId()), PayloadVisitor.NONE);
        } catch (DamagedBagException e) {
            throw new PermanentFailureException("not released, the bag on tape (" + tape.place(bag)
                    + ") is not what was written: " + e.getMessage());
        }
    }

    /** A disk copy that somebody changed after it was archived may be all there is of that change. */
    private void compare(Bag bag, StorageSession storage) throws IOException {
        Iterator<PayloadFile> files = records.files(bag.datasetId());
        while (files.hasNext()) {
            PayloadFile file = files.next();
            String path = bag.storagePath(file);
            if (file.state().equals("RECALLED") || !storage.exists(path)) {
                continue;
            }
            try (InputStream bytes = storage.read(path)) {
                if (!Sha256.of(bytes).digest().equalsIgnoreCase(file.sha256())) {
                    throw new PermanentFailureException("not released: file '" + file.path()
                            + "' in storage is not the one on tape any more; see which is right, then retry");
                }
            }
        }
    }

    /** What is gone is written down a batch at a time, whatever happens to the rest. */
    private void remove(Bag bag, StorageSession storage) throws IOException {
        Iterator<PayloadFile> files = records.files(bag.datasetId());
        List<PayloadFile> batch = new ArrayList<>();
        while (files.hasNext()) {
            PayloadFile file = files.next();
            if (file.state().equals("ARCHIVED")) {
                batch.add(file);
            }
            if (batch.size() == BATCH || !files.hasNext()) {
                remove(bag, storage, batch);
                batch.clear();
            }
        }
    }

    private void remove(Bag bag, StorageSession storage, List<PayloadFile> batch) throws IOException {
        if (!records.isHeld(bag, Step.RELEASE.busy())) {
            throw new IllegalStateException(bag + " was taken over by another hub");
        }
        held.whileHeld(bag.datasetId(), batch, List.of("ARCHIVED"), files -> {
            List<Object[]> gone = new ArrayList<>();
            try {
                for (PayloadFile file : files) {
                    storage.delete(bag.storagePath(file));
                    gone.add(new Object[] {file.id()});
                    milestones.passed("deleted " + file.path());
                }
            } finally {
                jdbc.batchUpdate("update file set state = 'RELEASED' where id = ?", gone);
            }
        });
    }

    private void commit(Bag bag) {
        transactions.executeWithoutResult(status -> {
            if (!work.done(Step.RELEASE, bag.id())) {
                status.setRollbackOnly();
                return;
            }
            jdbc.update("update bag set released_at = now() where id = ?", bag.id());
        });
        LOG.info("release: the disk copy of {} is gone; {} bytes are free", bag, bag.bytes());
    }
}
