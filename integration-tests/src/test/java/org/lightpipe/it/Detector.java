package org.lightpipe.it;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;

/** Writes files of random content, and knows the digest of each before it is there. Thread-safe. */
final class Detector {

    private final Path directory;
    private final Random random;
    private final Map<String, String> written = new ConcurrentSkipListMap<>();

    Detector(Path directory, Random random) {
        this.directory = directory;
        this.random = random;
    }

    /** Writes one file; answers its digest. */
    String write(String name, int size) throws IOException {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        String digest = Sha256.of(new ByteArrayInputStream(bytes));
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        written.put(name, digest);
        Files.write(file, bytes);
        return digest;
    }

    /** Mixed sizes, from nothing to some megabytes. */
    int someSize(int number) {
        return switch (number % 10) {
            case 0 -> 0;
            case 1 -> 1;
            case 2 -> 1_000_000 + random.nextInt(3_000_000);
            default -> random.nextInt(100_000);
        };
    }

    /** Digest of every file, by path. */
    Map<String, String> written() {
        return Collections.unmodifiableMap(written);
    }
}
