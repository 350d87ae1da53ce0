package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.acquire.WaitingFile.Arrival;
import org.lightpipe.config.AcquirePolicy.Complete;

/** When a file is finished: seconds after it was seen in this state, at second 1,000 of a clock that says it is day 1. */
class CompletenessTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long NOW = 1_000 * SECOND;
    private static final long WALL = 86_400 * SECOND;
    private static final Duration QUIET = Duration.ofSeconds(2);

    private static WaitingFile file(Arrival arrival, long size, long ageSeconds, int links) {
        long time = WALL - ageSeconds * SECOND;
        FileStatus status = new FileStatus(FileStatus.Kind.FILE, size, time, time, 1, 1, links);
        return new WaitingFile(new Directory(Path.of("/watched"), ""), "f", status, arrival, NOW);
    }

    private static String finished(Completeness completeness, WaitingFile file, FileStatus marker) {
        long at = completeness.finishedAt(file, marker, NOW, WALL);
        return at == WaitingFile.NEVER ? "never" : Long.toString((at - NOW) / SECOND);
    }

    @ParameterizedTest
    @CsvSource({
        // How, arrival, size, age in seconds, links, finished after seconds.
        "STABLE, SCANNED, 1, 0, 1, 2",
        "STABLE, CREATED, 1, 0, 1, 2",
        "STABLE, CLOSED, 1, 0, 1, 2",
        "STABLE, MOVED, 1, 500, 1, 2",
        // Nobody has touched it for long.
        "STABLE, SCANNED, 1, 61, 1, 0",
        "STABLE, SCANNED, 1, 59, 1, 2",
        // A time in the future is another clock's.
        "STABLE, SCANNED, 1, -500, 1, 2",
        "CLOSED, CLOSED, 1, 0, 1, 0",
        "CLOSED, CLOSED, 0, 0, 1, 0",
        "CLOSED, MOVED, 1, 0, 1, 0",
        "CLOSED, CREATED, 1, 0, 1, never",
        "CLOSED, CREATED, 0, 0, 1, 60",
        // A further name of a file is never closed.
        "CLOSED, CREATED, 1, 0, 2, 2",
        "CLOSED, SCANNED, 1, 0, 1, 2",
        "RENAME, MOVED, 1, 0, 1, 0",
        "RENAME, SCANNED, 1, 0, 1, 0",
        "RENAME, CREATED, 1, 0, 2, 0",
        "RENAME, CREATED, 1, 0, 1, 2",
        "RENAME, CLOSED, 1, 0, 1, 2",
        "MARKER, CLOSED, 1, 0, 1, never"
    })
    void finishedAfterSeconds(Complete how, Arrival arrival, long size, long age, int links, String seconds) {
        Completeness completeness = new Completeness(how, QUIET, Duration.ZERO);
        assertThat(finished(completeness, file(arrival, size, age, links), null))
                .isEqualTo(seconds);
    }

    @Test
    void aMarkerThatIsOlderThanItsFileIsNotEnough() {
        Completeness marker = new Completeness(Complete.MARKER, QUIET, Duration.ZERO);
        WaitingFile file = file(Arrival.CLOSED, 1, 10, 1);
        assertThat(finished(marker, file, file(Arrival.CLOSED, 0, 10, 1).status))
                .isEqualTo("0");
        assertThat(finished(marker, file, file(Arrival.CLOSED, 0, 11, 1).status))
                .isEqualTo("2");
    }

    @Test
    void theMinimumAgeIsThatOfTheLastChange() {
        Completeness closed = new Completeness(Complete.CLOSED, QUIET, Duration.ofSeconds(30));
        assertThat(finished(closed, file(Arrival.CLOSED, 1, 0, 1), null)).isEqualTo("30");
        assertThat(finished(closed, file(Arrival.CLOSED, 1, 10, 1), null)).isEqualTo("20");
        assertThat(finished(closed, file(Arrival.CLOSED, 1, 40, 1), null)).isEqualTo("0");
        assertThat(finished(closed, file(Arrival.CREATED, 1, 40, 1), null)).isEqualTo("never");
    }
}
