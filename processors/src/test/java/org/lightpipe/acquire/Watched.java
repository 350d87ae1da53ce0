package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.lightpipe.config.AcquirePolicy.Complete;
import org.lightpipe.config.AcquirePolicy.Events;

/** A tree that is watched in the thread of a test, look by look. */
final class Watched implements AutoCloseable {

    /** Everything that was handed over, in order. */
    final List<LandedFile> landed = new ArrayList<>();

    boolean refuses;
    private final Landing landing;

    /** Options that a test changes. */
    static final class Options {
        Complete complete = Complete.STABLE;
        Duration quiet = Duration.ofMillis(50);
        String marker = "{name}.done";
        Duration minimumAge = Duration.ZERO;
        boolean directories;
        long existingBeforeNs = Long.MIN_VALUE;
        Events events = Events.ON;
        Duration sweep = Duration.ofHours(1);
        Duration coldAfter = Duration.ofHours(1);
        int waiting = 100_000;
        int remembered = 1 << 23;
        int watches = Integer.MAX_VALUE;
        boolean once;
        PathFilter filter = new PathFilter(List.of(), List.of());
        Runnable beforeRead = () -> {};

        Options polling() {
            events = Events.OFF;
            return this;
        }

        Options complete(Complete how) {
            complete = how;
            return this;
        }
    }

    Watched(Path root, Options options) {
        landing = new Landing(
                new LandingOptions(
                        root,
                        options.filter,
                        options.complete,
                        options.quiet,
                        new Marker(options.marker),
                        options.minimumAge,
                        options.directories,
                        options.existingBeforeNs,
                        options.events,
                        Duration.ofMillis(20),
                        options.sweep,
                        options.coldAfter,
                        500,
                        options.waiting,
                        options.remembered,
                        options.watches,
                        options.once),
                new OpenForWriting(Path.of("/proc")),
                this::take,
                () -> {},
                () -> true,
                options.beforeRead);
    }

    static Watched with(Path root, UnaryOperator<Options> change) {
        return new Watched(root, change.apply(new Options()));
    }

    private boolean take(List<LandedFile> files) {
        if (!refuses) {
            landed.addAll(files);
        }
        return !refuses;
    }

    Landing landing() {
        return landing;
    }

    LandingCounts counts() {
        return landing.counts();
    }

    void look() {
        try {
            landing.look();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void until(BooleanSupplier condition) {
        await().pollInSameThread()
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    look();
                    return condition.getAsBoolean();
                });
    }

    /** Looks until exactly these were handed over, and for a while longer, to see that nothing follows. */
    void expect(String... paths) {
        until(() -> landed.size() >= paths.length);
        rest();
        assertThat(paths()).containsExactlyInAnyOrder(paths);
    }

    /** Looks until nothing waits, and a while longer. */
    void rest() {
        await().pollInSameThread()
                .pollInterval(Duration.ofMillis(10))
                .during(Duration.ofMillis(250))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    int before = landed.size();
                    look();
                    return landed.size() == before;
                });
    }

    List<String> paths() {
        return landed.stream().map(LandedFile::path).toList();
    }

    Set<String> distinct() {
        return new TreeSet<>(paths());
    }

    /** The last state in which each was handed over. */
    TreeMap<String, LandedFile> last() {
        TreeMap<String, LandedFile> last = new TreeMap<>();
        landed.forEach(file -> last.put(file.path(), file));
        return last;
    }

    @Override
    public void close() {
        landing.close();
    }
}
