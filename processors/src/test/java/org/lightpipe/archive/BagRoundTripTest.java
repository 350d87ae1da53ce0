package org.lightpipe.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.lightpipe.catalog.PermanentFailureException;

class BagRoundTripTest {

    @Property(tries = 300)
    void whateverGoesIntoABagComesOut(
            @ForAll("payload") Map<String, byte[]> payload, @ForAll ManifestAlgorithm algorithm) throws IOException {
        SampleBag bag = new SampleBag(payload, algorithm);
        byte[] tar = bag.tar();
        Map<String, byte[]> read = new LinkedHashMap<>();
        BagProof proof = bag.read(tar, new PayloadVisitor() {
            @Override
            public void read(PayloadFile file, InputStream bytes) throws IOException {
                read.put(file.path(), bytes.readAllBytes());
            }

            @Override
            public void proved(PayloadFile file) {}

            @Override
            public void damaged(PayloadFile file) {
                read.remove(file.path());
            }
        });
        assertThat(proof).isEqualTo(new BagProof(tar.length, SampleBag.sha256(tar), payload.size()));
        assertThat(read.keySet()).containsExactlyElementsOf(payload.keySet());
        read.forEach((path, content) -> assertThat(content).isEqualTo(payload.get(path)));
        assertThat(bag.tar()).as("the same dataset gives the same bytes").isEqualTo(tar);
    }

    @Example
    void manifestListsEveryFileWithItsDigestAndEscapesOnlyWhatItMust() throws IOException {
        SampleBag bag =
                new SampleBag(Map.of("90%\r\n ä/x", "abc".getBytes(StandardCharsets.UTF_8)), ManifestAlgorithm.SHA256);
        Map<String, String> entries = new HashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(new ByteArrayInputStream(bag.tar()), "UTF-8")) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertThat(entries)
                .containsEntry("exp-scan/data/90%\r\n ä/x", "abc")
                .containsEntry(
                        "exp-scan/manifest-sha256.txt",
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  data/90%25%0D%0A ä/x\n")
                .containsEntry(
                        "exp-scan/bag-info.txt",
                        "External-Description: Tooth, half of it and more\nPayload-Oxum: 3.1\n");
        assertThat(entries.get("exp-scan/tagmanifest-sha256.txt").lines())
                .hasSize(3)
                .anyMatch(line -> line.endsWith("  bagit.txt"))
                .anyMatch(line -> line.endsWith("  bag-info.txt"))
                .anyMatch(line -> line.endsWith("  manifest-sha256.txt"));
    }

    @Example
    void rotInStorageIsFoundWhileTheBagIsWritten() {
        Map<String, byte[]> payload = new LinkedHashMap<>();
        payload.put("good.h5", new byte[] {1, 2, 3});
        payload.put("bad.h5", new byte[] {4, 5, 6});
        SampleBag bag = new SampleBag(payload, ManifestAlgorithm.SHA512);
        assertRot(bag, payload, new byte[] {4, 5, 7}, "is not what was catalogued");
        assertRot(bag, payload, new byte[] {4, 5}, "shorter than the 3 bytes");
        assertRot(bag, payload, new byte[] {4, 5, 6, 7}, "longer than the 3 bytes");
    }

    @Property
    void noPathLeadsOutOfABag(@ForAll("hostilePath") String path) {
        SampleBag bag = new SampleBag(Map.of(path, new byte[1]), ManifestAlgorithm.SHA512);
        assertThatThrownBy(bag::tar)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(path);
    }

    private static void assertRot(SampleBag bag, Map<String, byte[]> payload, byte[] rotten, String message) {
        Map<String, byte[]> stored = new HashMap<>(payload);
        stored.put("bad.h5", rotten);
        assertThatThrownBy(() -> bag.tar(stored))
                .isInstanceOf(PermanentFailureException.class)
                .hasMessageContaining("bad.h5")
                .hasMessageContaining(message);
    }

    @Provide
    Arbitrary<String> hostilePath() {
        return Arbitraries.of("..", "../x", "a/../b", "/etc/passwd", "a//b", "./a", "a/.", "a/", "", "a\0b");
    }

    @Provide
    Arbitrary<Map<String, byte[]>> payload() {
        Arbitrary<String> segment = Arbitraries.strings()
                .all()
                .ofMinLength(1)
                .ofMaxLength(120)
                .edgeCases(cases -> cases.add("a\nb", "\r", "%0A", "ä".repeat(80), " ", "-rf", "日本", "x".repeat(255)))
                // what a file system can hold: no separator, no NUL, no half of a surrogate pair
                .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                        .replaceAll("[/\0]", "_"))
                .filter(text -> !text.equals(".") && !text.equals(".."));
        Arbitrary<String> path = segment.list().ofMinSize(1).ofMaxSize(4).map(segments -> String.join("/", segments));
        Arbitrary<byte[]> content = Arbitraries.bytes().array(byte[].class).ofMaxSize(2000);
        return Combinators.combine(path, content)
                .as(Map::entry)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(entries -> {
                    Map<String, byte[]> payload = new LinkedHashMap<>();
                    entries.forEach(entry -> payload.put(entry.getKey(), entry.getValue()));
                    return payload;
                });
    }
}
