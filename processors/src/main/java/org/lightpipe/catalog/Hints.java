package org.lightpipe.catalog;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Wakes a step of this hub at once when there is work for it, instead of at its next look. Hints only make the hub
 * quicker: the work is in the catalog, and losing every hint loses nothing. Thread-safe.
 */
public final class Hints {

    private final Map<Step, List<Runnable>> sleepers = new EnumMap<>(Step.class);

    public Hints() {
        for (Step step : Step.values()) {
            sleepers.put(step, new CopyOnWriteArrayList<>());
        }
    }

    /**
     * There is work for a step. Within a transaction the hint waits for its commit, since nobody sees the work before,
     * and is forgotten when it is rolled back.
     */
    public void wake(Step step) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    tell(step);
                }
            });
        } else {
            tell(step);
        }
    }

    private void tell(Step step) {
        sleepers.get(step).forEach(Runnable::run);
    }

    /** From now on this is run at every hint for the step, by whoever gives it: it must be short and must not fail. */
    public void attach(Step step, Runnable sleeper) {
        sleepers.get(step).add(sleeper);
    }

    /** Ends what {@link #attach} began. */
    public void detach(Step step, Runnable sleeper) {
        sleepers.get(step).remove(sleeper);
    }
}
