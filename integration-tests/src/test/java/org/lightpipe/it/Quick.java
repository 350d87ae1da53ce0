package org.lightpipe.it;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.lightpipe.hub.client.HubClient;

/** The hub at a test's pace: it looks often, retries soon and never gives up. */
final class Quick {

    private Quick() {}

    static Map<String, String> properties() {
        return Map.of(
                "claim.delay", "50",
                "monitors.period", "100",
                "datasets.period", "200",
                "archive.cron", "0/1 * * * * ?",
                "retry.first", "200ms",
                "retry.longest", "2s",
                "retry.attempts", "1000");
    }

    /** The same, with one property more, or another value of one. */
    static Map<String, String> properties(String name, String value) {
        Map<String, String> all = new TreeMap<>(properties());
        all.put(name, value);
        return Map.copyOf(all);
    }

    /** Waits until every file that was written is in one of these states. */
    static void awaitAll(HubProcess hub, Detector detector, Duration limit, Set<String> states)
            throws IOException, InterruptedException {
        HubClient client = hub.client();
        AtomicReference<String> last = new AtomicReference<>("");
        Bounded.until("every file is " + states, limit, () -> last.get() + "\n" + tail(hub), () -> {
            // Asking costs the hub something: not more often than a person would.
            TimeUnit.MILLISECONDS.sleep(200);
            CatalogView view = CatalogView.of(client, "exp");
            last.set(view.summary());
            return view.digests(states).keySet().equals(detector.written().keySet());
        });
    }

    static String tail(HubProcess hub) {
        try {
            return hub.tail();
        } catch (IOException e) {
            return e.toString();
        }
    }

    static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
