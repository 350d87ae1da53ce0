package org.lightpipe.verify;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.storage.Storages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A few files that are compared in one go, each in every storage it is in. Not thread-safe. */
final class Batch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    /** A storage that cannot be reached is tried so often before the rest goes on without it. */
    private static final int PATIENCE = 3;

    private final Storages storages;
    private final LiveConfiguration configuration;
    private final Throttle throttle;
    private final StoredBytes bytes;
    private final int attempts;
    private final Set<Absence> absent;
    private final List<Result> results = new ArrayList<>();
    private final Map<String, FileCheck> open = new HashMap<>();
    private long openFor;
    private Optional<StoredFile> last = Optional.empty();
    private int passed;
    private long skipped;

    /** A storage in which nothing of an experiment can be compared. */
    record Absence(long experimentId, String storage) {}

    /**
     * @param throttle says when the hub stops
     * @param bytes reads what is in storage
     * @param attempts how often this place was tried before
     * @param absent what this verification knows to be absent
     */
    Batch(
            Storages storages,
            LiveConfiguration configuration,
            Throttle throttle,
            StoredBytes bytes,
            int attempts,
            Set<Absence> absent) {
        this.storages = storages;
        this.configuration = configuration;
        this.throttle = throttle;
        this.bytes = bytes;
        this.attempts = attempts;
        this.absent = new HashSet<>(absent);
    }

    List<Result> results() {
        return List.copyOf(results);
    }

    /** The last file that it is through with. */
    Optional<StoredFile> last() {
        return last;
    }

    /** How many files it is through with. */
    int passed() {
        return passed;
    }

    /** How many of them are in no storage that can be reached. */
    long skipped() {
        return skipped;
    }

    /**
     * Compares files until all are through, the time is over, or the hub stops.
     *
     * @throws NoLongerHeldException when the verification is somebody else's now
     * @throws IOException when a storage of the first file cannot be reached, and that may pass
     */
    void check(List<StoredFile> files) throws IOException {
        long begin = System.nanoTime();
        for (StoredFile file : files) {
            if (throttle.isStopped() || passed > 0 && System.nanoTime() - begin > LONGEST.toNanos()) {
                return;
            }
            try {
                List<Result> checked = checked(file);
                results.addAll(checked);
                if (checked.stream().allMatch(Result::isAbsence)) {
                    skipped++;
                }
            } catch (NoLongerHeldException e) {
                throw e;
            } catch (InterruptedIOException e) {
                // The hub stops: what was compared counts, and this file is compared anew.
                return;
            } catch (IOException | RuntimeException e) {
                if (passed == 0) {
                    throw e;
                }
                // First what was compared; then this is the first file of a batch.
                return;
            }
            passed++;
            last = Optional.of(file);
        }
    }

    private List<Result> checked(StoredFile file) throws IOException {
        if (openFor != file.experimentId()) {
            close();
            openFor = file.experimentId();
        }
        List<Result> checked = new ArrayList<>();
        checked(file, configuration.beamline(file.beamline()).storage()).ifPresent(checked::add);
        for (String copy : file.copies()) {
            Storage storage = configuration.get().storages().get(copy);
            if (storage != null) {
                checked(file, storage).ifPresent(checked::add);
            }
        }
        return checked;
    }

    private Optional<Result> checked(StoredFile file, Storage storage) throws IOException {
        Absence absence = new Absence(file.experimentId(), storage.name());
        if (absent.contains(absence)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new Result(file, storage.name(), check(file, storage).check(file)));
        } catch (InterruptedIOException | NoLongerHeldException e) {
            throw e;
        } catch (UnsupportedOperationException e) {
            // Nothing is wrong with what nobody here can read; it counts as not compared.
            LOG.debug("{}", e.getMessage());
            absent.add(absence);
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            if (passed > 0 || attempts < PATIENCE) {
                throw e;
            }
            absent.add(absence);
            return Optional.of(new Result(
                    file,
                    storage.name(),
                    Optional.of(new Problem(
                            Problem.Kind.ABSENT,
                            "nothing of experiment '" + file.experiment() + "' could be compared: " + words(e)))));
        }
    }

    private static String words(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    private FileCheck check(StoredFile file, Storage storage) throws IOException {
        FileCheck check = open.get(storage.name());
        if (check == null) {
            check = new FileCheck(storages, storage, bytes);
            open.put(storage.name(), check);
        }
        return check;
    }

    @Override
    public void close() {
        open.values().forEach(FileCheck::close);
        open.clear();
    }
}
