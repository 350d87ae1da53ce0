package org.lightpipe.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits that end. */
final class Bounded {

    private static final long PAUSE_MILLIS = 20;

    private Bounded() {}

    /** Waits until a condition holds; a hub or database that does not answer yet is asked again. */
    static void until(String what, Duration limit, Supplier<String> otherwise, Callable<Boolean> condition)
            throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what + "\n" + otherwise.get(), last);
    }
}
