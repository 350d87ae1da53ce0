package org.lightpipe.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.lightpipe.config.MetadataPolicy;

/** Whatever is done to a header: an answer that the catalog can keep, soon, and with little memory. */
class HostileHeaderTest {

    private static final long MOST_BYTES = 64L << 20;
    private static final long MOST_NANOS = 2_000_000_000L;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static Path directory;

    private record Hurt(String name, byte[] bytes) {
        @Override
        public String toString() {
            return name + " of " + bytes.length + " bytes";
        }
    }

    @BeforeContainer
    static void make() throws IOException {
        directory = Files.createTempDirectory("hostile");
    }

    @AfterContainer
    static void remove() throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    @Provide
    Arbitrary<Hurt> hurt() {
        Arbitrary<Map.Entry<String, byte[]>> file =
                Arbitraries.of(List.copyOf(Headers.all().entrySet()));
        Arbitrary<List<int[]>> changes = Combinators.combine(
                        Arbitraries.integers().between(0, Integer.MAX_VALUE),
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(3, Arbitraries.integers().between(0, 255)),
                                net.jqwik.api.Tuple.of(2, Arbitraries.of(0x00, 0xff, 0x7f, 0x80))),
                        Arbitraries.integers().between(1, 8))
                .as((at, value, run) -> new int[] {at, value, run})
                .list()
                .ofMaxSize(12);
        Arbitrary<Integer> cut = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(2, Arbitraries.just(Integer.MAX_VALUE)),
                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(0, 6000)));
        return Combinators.combine(file, changes, cut).as((entry, list, length) -> {
            byte[] bytes = java.util.Arrays.copyOf(entry.getValue(), Math.min(length, entry.getValue().length));
            for (int[] change : list) {
                for (int i = 0; i < change[2] && bytes.length > 0; i++) {
                    bytes[(change[0] % bytes.length + i) % bytes.length] = (byte) change[1];
                }
            }
            return new Hurt(entry.getKey(), bytes);
        });
    }

    @Property(tries = 4000)
    void aHurtHeaderIsAnsweredSoonAndWithLittleMemory(@ForAll("hurt") Hurt hurt) throws IOException {
        Path file = Files.write(directory.resolve(hurt.name()), hurt.bytes());
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();

        Map<String, Object> found =
                FileMetadata.of(file, new MetadataPolicy(Optional.empty(), Map.of("size", List.of("width", "Dim_1"))));

        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(MOST_NANOS);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                .as("bytes allocated")
                .isLessThan(MOST_BYTES);
        assertThat(found).hasSizeLessThanOrEqualTo(Found.MOST + 2);
        assertThat(JSON.writeValueAsString(found)).doesNotContain("\\u0000");
        // A reader that stumbles is caught, but nobody should have to.
        assertThat(String.valueOf(found.get("unreadable"))).doesNotContain("makes no sense");
    }
}
