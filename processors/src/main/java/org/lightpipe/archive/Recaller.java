package org.lightpipe.archive;

import java.io.IOException;
import java.nio.file.Path;
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

/** Brings a dataset back from tape to its storage, byte for byte. Thread-safe. */
public final class Recaller {

    private static final Logger LOG = LoggerFactory.getLogger(Recaller.class);

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
    public Recaller(
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Work work,
            LiveConfiguration configuration,
            Storages storages) {
        this(jdbc, transactions, work, configuration, storages, Milestones.NONE);
    }

    Recaller(
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
     * Answers one claimed recall. Does nothing when it is no longer held by that run of the hub.
     *
     * @param id the recall
     * @param claimedBy the run of the hub that claimed it
     * @throws PermanentFailureException when the bag on tape is damaged; every file in it that is not has been restored
     * @throws IOException when storage or tape fail
     */
    public void recall(long id, long claimedBy) throws IOException {
        Optional<Bag> held = records.recalled(id, claimedBy);
        if (held.isEmpty()) {
            work.ended(Step.RECALL, id);
            LOG.warn("recall: recall {} was taken over by another hub", id);
            return;
        }
        Bag bag = held.get();
        long restored = restore(id, bag);
        milestones.passed("restored");
        commit(id, bag);
        LOG.info("recall: {} is online again; {} of {} files came from tape", bag, restored, bag.files());
    }

    private long restore(long id, Bag bag) throws IOException {
        TapeLibrary tape = new TapeLibrary(Path.of(bag.tape()));
        try (StorageSession storage =
                        storages.open(configuration.beamline(bag.beamline()).storage());
                Restoration restoration =
                        new Restoration(id, bag, storage, new HeldFiles(jdbc, transactions), milestones)) {
            tape.read(bag, records.files(bag.datasetId()), restoration);
            return restoration.restored();
        } catch (DamagedBagException e) {
            throw new PermanentFailureException("the bag on tape (" + tape.place(bag) + ") is not what was written: "
                    + e.getMessage() + "; files that are not damaged have been restored");
        }
    }

    private void commit(long id, Bag bag) {
        transactions.executeWithoutResult(status -> {
            if (!work.done(Step.RECALL, id)) {
                status.setRollbackOnly();
                return;
            }
            jdbc.update("update recall set online_at = now() where id = ?", id);
            jdbc.update(
                    "update file set state = 'RECALLED' where dataset_id = ? and state in ('ARCHIVED', 'RELEASED')",
                    bag.datasetId());
        });
    }
}
