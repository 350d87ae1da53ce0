package org.lightpipe.api;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bounds how often logging in may fail from one address: nobody guesses 256 bits, but nobody shall keep the database
 * busy by trying. Only logging in is held up; who is logged in works on. Thread-safe.
 */
final class FailedLogins {

    private static final int MOST = 10;
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int ADDRESSES = 10_000;

    private final Clock clock;
    private final Map<String, Window> windows = new LinkedHashMap<>();

    FailedLogins(Clock clock) {
        this.clock = clock;
    }

    /**
     * Lets an attempt through.
     *
     * @throws AccessDeniedException when too many have failed
     */
    synchronized void check(String address) {
        Window window = windows.get(address);
        if (window != null && window.isOpen(clock.instant()) && window.failures >= MOST) {
            throw AccessDeniedException.tooManyAttempts(
                    "Too many attempts to log in have failed from your address. Wait a minute, then try again.");
        }
    }

    synchronized void failed(String address) {
        Instant now = clock.instant();
        Window window = windows.remove(address);
        if (window == null || !window.isOpen(now)) {
            window = new Window(now, 0);
        }
        windows.put(address, new Window(window.start, window.failures + 1));
        if (windows.size() > ADDRESSES) {
            windows.remove(windows.keySet().iterator().next());
        }
    }

    private record Window(Instant start, int failures) {
        boolean isOpen(Instant now) {
            return now.isBefore(start.plus(WINDOW));
        }
    }
}
