package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.lightpipe.acquire.Completeness.Stamp;
import org.lightpipe.config.AcquirePolicy.Complete;

class CompletenessTest {

    private static final Duration QUIET = Duration.ofSeconds(2);
    private static final long SECOND = 1_000_000_000L;

    private final Map<String, Stamp> files = new HashMap<>();

    private List<String> look(Completeness completeness, long second) {
        List<LandedFile> found =
                completeness.finished(Map.copyOf(files), path -> !path.endsWith("/no"), second * SECOND);
        found.forEach(completeness::handedOver);
        return found.stream().map(LandedFile::path).sorted().toList();
    }

    @Test
    void aFileIsToldOnceItIsQuietAndAgainWhenItChanges() {
        Completeness stable = new Completeness(Complete.STABLE, QUIET, "{name}.done");
        files.put("a", new Stamp(1, 1));
        assertThat(look(stable, 0)).isEmpty();
        assertThat(look(stable, 1)).isEmpty();
        assertThat(stable.oldestNanos(1 * SECOND)).isEqualTo(SECOND);
        files.put("a", new Stamp(2, 1));
        assertThat(look(stable, 2)).isEmpty();
        assertThat(look(stable, 3)).isEmpty();
        assertThat(look(stable, 4)).containsExactly("a");
        assertThat(look(stable, 5)).isEmpty();
        assertThat(stable.unfinished()).isZero();
        files.put("a", new Stamp(2, 9));
        assertThat(look(stable, 6)).isEmpty();
        assertThat(look(stable, 8)).containsExactly("a");
        files.remove("a");
        assertThat(look(stable, 9)).isEmpty();
        files.put("a", new Stamp(2, 9));
        assertThat(look(stable, 10)).isEmpty();
        assertThat(look(stable, 12)).containsExactly("a");
    }

    @Test
    void aMarkerLetsItsFilePassAndIsNoFileItself() {
        Completeness marker = new Completeness(Complete.MARKER, QUIET, "{name}.done");
        files.put("d/a", new Stamp(1, 1));
        files.put("d/b", new Stamp(1, 1));
        files.put("d/no", new Stamp(1, 1));
        files.put("d/no.done", new Stamp(1, 1));
        files.put("a.done", new Stamp(0, 1));
        assertThat(look(marker, 0)).isEmpty();
        files.put("d/a.done", new Stamp(0, 1));
        assertThat(look(marker, 1)).containsExactly("d/a");
        assertThat(look(marker, 2)).isEmpty();
        files.put("d/a", new Stamp(2, 2));
        assertThat(look(marker, 3)).containsExactly("d/a");
    }

    @Test
    void aRenamedFileIsToldAtOnce() {
        Completeness rename = new Completeness(Complete.RENAME, QUIET, "{name}.done");
        files.put("a", new Stamp(1, 1));
        assertThat(look(rename, 0)).containsExactly("a");
        assertThat(look(rename, 1)).isEmpty();
    }

    @Test
    void whatTheRouteDidNotTakeIsToldAgain() {
        Completeness rename = new Completeness(Complete.RENAME, QUIET, "{name}.done");
        files.put("a", new Stamp(1, 1));
        assertThat(rename.finished(files, path -> true, 0)).hasSize(1);
        assertThat(rename.finished(files, path -> true, 1)).hasSize(1);
    }

    /** What a writer does to a file each second: 0 nothing, 1 appends. */
    @Provide
    Arbitrary<List<Integer>> writing() {
        return Arbitraries.of(0, 0, 0, 1).list().ofMaxSize(60);
    }

    @Property
    void aFileIsToldOncePerQuietStateAndNeverWhileItChanges(@ForAll("writing") List<Integer> writing) {
        Completeness stable = new Completeness(Complete.STABLE, QUIET, "{name}.done");
        List<Long> told = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        long size = 0;
        int quiet = -1;
        List<Integer> seconds = new ArrayList<>(writing);
        seconds.addAll(List.of(0, 0, 0));
        for (int second = 0; second < seconds.size(); second++) {
            boolean changed = second == 0 || seconds.get(second) == 1;
            size += seconds.get(second);
            quiet = changed ? 0 : quiet + 1;
            if (quiet == QUIET.toSeconds()) {
                expected.add(size);
            }
            for (LandedFile file : stable.finished(Map.of("a", new Stamp(size, size)), path -> true, second * SECOND)) {
                stable.handedOver(file);
                told.add(file.size());
            }
        }
        assertThat(told).isEqualTo(expected).doesNotHaveDuplicates().last().isEqualTo(size);
    }

    @Test
    void globsAreOfTheWholePathOrOfTheName() {
        PathFilter filter = new PathFilter(List.of("*.h5", "raw/**"), List.of("*_tmp*", "raw/old/**"));
        assertThat(filter.accepts(Path.of("a.h5"))).isTrue();
        assertThat(filter.accepts(Path.of("deep/down/a.h5"))).isTrue();
        assertThat(filter.accepts(Path.of("raw/x.txt"))).isTrue();
        assertThat(filter.accepts(Path.of("a.txt"))).isFalse();
        assertThat(filter.accepts(Path.of("a_tmp1.h5"))).isFalse();
        assertThat(filter.accepts(Path.of("raw/old/a.h5"))).isFalse();
        assertThat(filter.accepts(Path.of(".a.h5"))).isFalse();
        assertThat(new PathFilter(List.of(), List.of()).accepts(Path.of("x/any")))
                .isTrue();
    }
}
