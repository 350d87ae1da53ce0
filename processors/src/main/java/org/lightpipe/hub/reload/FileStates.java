package org.lightpipe.hub.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** When and how large the files of some directories are: all that a cheap look every second can tell. */
final class FileStates {

    private static final int MAX_DEPTH = 8;
    private static final int MAX_FILES = 10_000;

    /**
     * State of one file.
     *
     * @param modified time of the last change, in nanoseconds since 1970 as far as the file system keeps it
     * @param size in bytes
     */
    record State(long modified, long size) {}

    private FileStates() {}

    /** States of all YAML and properties files below the directories; one that is not there has none. */
    static Map<Path, State> of(Path... directories) throws IOException {
        Map<Path, State> states = new TreeMap<>();
        for (Path directory : directories) {
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (Stream<Path> tree = Files.walk(directory, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
                for (Path file :
                        (Iterable<Path>) tree.filter(FileStates::isWatched).limit(MAX_FILES)::iterator) {
                    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                    if (attributes.isRegularFile()) {
                        states.put(
                                file.toAbsolutePath().normalize(),
                                new State(
                                        attributes.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS),
                                        attributes.size()));
                    }
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        return states;
    }

    private static boolean isWatched(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".")
                && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".properties"));
    }
}
