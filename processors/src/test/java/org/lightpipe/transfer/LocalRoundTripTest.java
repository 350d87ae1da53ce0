package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.Sha256;

/** Whatever the sizes and the policy: what arrives is what was sent. */
class LocalRoundTripTest {

    private Path directory;

    @BeforeProperty
    void make() throws IOException {
        directory = Files.createTempDirectory("round-trip");
    }

    @AfterProperty
    void remove() throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Provide
    Arbitrary<Integer> sizes() {
        Arbitrary<Integer> near = Arbitraries.of(0, 4096, Blocks.BLOCK, 2 * Blocks.BLOCK, 3 * Blocks.BLOCK)
                .flatMap(boundary -> Arbitraries.integers().between(-3, 3).map(off -> Math.max(0, boundary + off)));
        return Arbitraries.oneOf(near, Arbitraries.integers().between(0, 20_000));
    }

    @Provide
    Arbitrary<List<Integer>> groups() {
        return sizes().list().ofMinSize(1).ofMaxSize(10);
    }

    @Property(tries = 40)
    void whatArrivesIsWhatWasSent(
            @ForAll("groups") List<Integer> sizes,
            @ForAll Durability durability,
            @ForAll Proof proof,
            @ForAll Share share,
            @ForAll long seed)
            throws Exception {
        Path landing = Files.createTempDirectory(directory, "landing");
        Path root = Files.createTempDirectory(directory, "storage");
        Random random = new Random(seed);
        List<Item> items = new ArrayList<>();
        for (int size : sizes) {
            byte[] bytes = new byte[size];
            random.nextBytes(bytes);
            int id = items.size();
            Path file = Files.write(landing.resolve(id + ".h5"), bytes);
            SourceStat stat = SourceStat.of(file);
            items.add(new Item(id, file, "e/" + id % 3 + "/" + id, "e/." + id, size, stat.mtimeNs()));
        }
        TransferPolicy policy = new TransferPolicy(
                2, 0, durability, proof, EnumSet.allOf(Digest.class), Set.of(Keep.TIMES), share, 0, 256);
        Storage storage = new Storage("disk", "file:/unused", Optional.empty(), 0770, 0640, policy, Map.of());
        try (LocalDestination destination = new LocalDestination(storage, root)) {
            List<Outcome> outcomes =
                    destination.copy(items, Meter.none()).toCompletableFuture().join();
            List<Outcome.Proved> proved =
                    outcomes.stream().map(Outcome.Proved.class::cast).toList();
            assertThat(destination.publish(proved)).isEmpty();
            for (Outcome.Proved each : proved) {
                Path stored = root.resolve(each.item().target());
                assertThat(stored).hasSameBinaryContentAs(each.item().source());
                assertThat(each.sha256()).isEqualTo(Sha256.of(stored).digest());
            }
            try (var files = Files.list(root.resolve("e"))) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }
}
