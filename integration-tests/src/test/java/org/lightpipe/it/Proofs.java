package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What really lies in a storage and in a tape library. */
final class Proofs {

    private Proofs() {}

    /** Digest of every file below a directory, by path; temporary ones are none of them. */
    static Map<String, String> stored(Path data) throws IOException {
        Map<String, String> stored = new TreeMap<>();
        if (Files.exists(data)) {
            try (Stream<Path> paths = Files.walk(data)) {
                for (Path path : paths.filter(Files::isRegularFile)
                        .filter(path -> !isTemporary(path))
                        .toList()) {
                    stored.put(data.relativize(path).toString(), Sha256.of(path));
                }
            }
        }
        return stored;
    }

    /** How many files lie below a directory under final names. */
    static long count(Path data) throws IOException {
        try (Stream<Path> paths = Files.walk(data)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !isTemporary(path))
                    .count();
        } catch (java.io.UncheckedIOException e) {
            // a temporary file went away while the directory was listed
            return 0;
        }
    }

    /** Digest of every payload file of every bag, by path; fails when one is there twice. */
    static Map<String, String> archived(Path tape) throws IOException {
        Map<String, String> archived = new TreeMap<>();
        for (Path bag : bags(tape)) {
            try (TarArchiveInputStream tar =
                    new TarArchiveInputStream(new BufferedInputStream(Files.newInputStream(bag)), "UTF-8")) {
                for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                    int data = entry.getName().indexOf("/data/");
                    if (entry.isFile() && data > 0) {
                        String name = entry.getName().substring(data + "/data/".length());
                        assertThat(archived.put(name, Sha256.of(tar)))
                                .as("%s is archived once", name)
                                .isNull();
                    }
                }
            }
        }
        return archived;
    }

    /** The bags of a tape library. */
    static List<Path> bags(Path tape) throws IOException {
        try (Stream<Path> paths = Files.walk(tape)) {
            return paths.filter(path -> path.toString().endsWith(".tar"))
                    .filter(path -> !isTemporary(path))
                    .toList();
        }
    }

    /** Whatever lies below the directories under a temporary name. */
    static List<Path> temporaries(Path... roots) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path root : roots) {
            try (Stream<Path> paths = Files.walk(root)) {
                paths.filter(Files::isRegularFile).filter(Proofs::isTemporary).forEach(found::add);
            }
        }
        return found;
    }

    static boolean isTemporary(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".lightpipe-") || name.startsWith(".bag-") || name.endsWith(".part");
    }
}
