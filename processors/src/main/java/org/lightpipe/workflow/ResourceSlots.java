package org.lightpipe.workflow;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Resource;

/** Lets no more stages run on a resource than it has slots, by the configuration in force. Thread-safe. */
final class ResourceSlots {

    private static final long LOOK_AGAIN_SECONDS = 1;

    private final LiveConfiguration configuration;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition freed = lock.newCondition();
    private final Map<String, Integer> used = new HashMap<>();

    ResourceSlots(LiveConfiguration configuration) {
        this.configuration = configuration;
    }

    /** Waits for a slot; looks again from time to time, because the configuration may have changed. */
    void take(String resource, Claim claim) throws InterruptedException, TakenOverException {
        while (!tryTake(resource)) {
            claim.check();
        }
    }

    private boolean tryTake(String resource) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (used.getOrDefault(resource, 0) >= slots(resource)) {
                freed.await(LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
            }
            boolean free = used.getOrDefault(resource, 0) < slots(resource);
            if (free) {
                used.merge(resource, 1, Integer::sum);
            }
            return free;
        } finally {
            lock.unlock();
        }
    }

    private int slots(String resource) {
        Resource known = configuration.get().resources().get(resource);
        return known == null ? 1 : known.slots();
    }

    /** Gives a slot back that was taken. */
    void free(String resource) {
        lock.lock();
        try {
            used.merge(resource, -1, Integer::sum);
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
