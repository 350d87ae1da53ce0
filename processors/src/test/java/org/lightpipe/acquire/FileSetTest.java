package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class FileSetTest {

    private record Operation(boolean puts, long name, long state) {}

    /** Few names, so that they meet; some that fall into the same slot, at the end of the table too. */
    @Provide
    Arbitrary<List<Operation>> operations() {
        Arbitrary<Long> names = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 30).map(i -> i << 20),
                Arbitraries.longs().between(0, 10).map(i -> i | 7L << 20),
                Arbitraries.longs());
        return Combinators.combine(Arbitraries.of(true, true, false), names, Arbitraries.longs())
                .as(Operation::new)
                .list()
                .ofMaxSize(200);
    }

    @Property
    void itIsAMap(@ForAll("operations") List<Operation> operations) {
        FileSet set = new FileSet();
        Map<Long, Long> map = new HashMap<>();
        for (Operation operation : operations) {
            // 0 is the name of an empty slot, and stands for 1.
            long name = operation.name() == 0 ? 1 : operation.name();
            if (operation.puts()) {
                set.put(operation.name(), operation.state());
                map.put(name, operation.state());
            } else {
                set.remove(operation.name());
                map.remove(name);
            }
            assertThat(set.size()).isEqualTo(map.size());
        }
        map.forEach((name, state) -> {
            assertThat(set.has(name)).isTrue();
            assertThat(set.get(name)).isEqualTo(state);
        });
        for (Operation operation : operations) {
            assertThat(set.has(operation.name()))
                    .isEqualTo(map.containsKey(operation.name() == 0 ? 1L : operation.name()));
        }
        long digest = map.entrySet().stream()
                .mapToLong(entry -> FileSet.part(entry.getKey(), entry.getValue()))
                .sum();
        assertThat(set.digest()).isEqualTo(digest);
    }

    @Property
    void whatIsLeftIsWhatIsInBoth(
            @ForAll("operations") List<Operation> one, @ForAll("operations") List<Operation> two) {
        FileSet set = new FileSet();
        FileSet names = new FileSet();
        one.forEach(operation -> set.put(operation.name(), operation.state()));
        two.forEach(operation -> names.put(operation.name(), 1));
        FileSet both = set.only(names);
        for (Operation operation : one) {
            assertThat(both.has(operation.name())).isEqualTo(names.has(operation.name()));
        }
        assertThat(both.size()).isLessThanOrEqualTo(Math.min(set.size(), names.size()));
    }

    @Test
    void aMillionFilesTakeThirtyTwoMegabytes() {
        FileSet set = new FileSet();
        Hash hash = new Hash(42);
        for (int i = 0; i < 1_000_000; i++) {
            set.put(hash.name("frame_" + i + ".tif"), i);
        }
        assertThat(set.size()).isEqualTo(1_000_000);
        assertThat(set.slots() * 16L).isLessThanOrEqualTo(32L << 20);
        assertThat(set.get(hash.name("frame_123456.tif"))).isEqualTo(123456);
    }

    @Test
    void numbersDifferFromRunToRun() {
        assertThat(new Hash(1).name("a")).isNotEqualTo(new Hash(2).name("a"));
        assertThat(new Hash(1).name("ab")).isNotEqualTo(new Hash(1).name("ba"));
        assertThat(new Hash(1).name("")).isNotEqualTo(new Hash(1).name("\0"));
    }
}
