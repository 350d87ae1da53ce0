package org.lightpipe.archive;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lightpipe.core.Sha256;

/** A bag in memory, with its payload by path. */
final class SampleBag {

    private static final Instant WRITTEN = Instant.parse("2026-03-01T12:00:00Z");

    private final Map<String, byte[]> contents;
    private final ManifestAlgorithm algorithm;

    SampleBag(Map<String, byte[]> contents, ManifestAlgorithm algorithm) {
        this.contents = new LinkedHashMap<>(contents);
        this.algorithm = algorithm;
    }

    BagLayout layout() {
        long bytes =
                contents.values().stream().mapToLong(content -> content.length).sum();
        return new BagLayout(
                "exp-scan",
                algorithm,
                contents.size(),
                bytes,
                Map.of("External-Description", "Tooth, half\nof it\u2028 and more"));
    }

    List<PayloadFile> files() {
        List<PayloadFile> files = new ArrayList<>();
        contents.forEach((path, content) -> files.add(new PayloadFile(
                files.size() + 1L, path, content.length, 1_700_000_000L, sha256(content), "CATALOGUED")));
        return files;
    }

    byte[] tar() {
        return tar(contents);
    }

    /** The tar as it comes out when storage holds other contents than the catalog says. */
    byte[] tar(Map<String, byte[]> stored) {
        try {
            Path spool = Files.createTempFile("manifest", ".txt");
            ByteArrayOutputStream tar = new ByteArrayOutputStream();
            new BagWriter(layout(), WRITTEN)
                    .write(tar, files().iterator(), file -> new ByteArrayInputStream(stored.get(file.path())), spool);
            if (Files.exists(spool)) {
                throw new IllegalStateException("the spool was left behind");
            }
            return tar.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BagProof read(byte[] tar, PayloadVisitor visitor) throws IOException {
        return new BagReader(layout(), false).read(new ByteArrayInputStream(tar), files().iterator(), visitor);
    }

    static String sha256(byte[] content) {
        return Sha256.of(content);
    }
}
