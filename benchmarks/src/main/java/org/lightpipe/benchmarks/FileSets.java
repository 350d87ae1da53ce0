package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The sets of files that a benchmark knows.
 *
 * @param all the sets, whole
 */
record FileSets(List<FileSet> all) {

    FileSets(FileSet... sets) {
        this(List.of(sets));
    }

    List<String> names() {
        return all.stream().map(FileSet::name).toList();
    }

    /**
     * Sets by name.
     *
     * @param scale of their counts or sizes
     * @throws UsageException when there is none of a name
     */
    List<FileSet> chosen(List<String> wanted, double scale) {
        List<FileSet> sets = new ArrayList<>();
        for (String name : wanted) {
            sets.add(all.stream()
                    .filter(set -> set.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new UsageException(
                            "--sets: there is no set '" + name + "'; there are " + String.join(", ", names())))
                    .scaled(scale));
        }
        return sets;
    }

    /**
     * Makes a directory, and looks whether there is room in it for the largest of the sets and its copy.
     *
     * @param beside bytes that are needed besides
     * @throws UsageException when there is not
     */
    static void makeRoom(Path directory, List<FileSet> sets, long beside) throws IOException {
        Files.createDirectories(directory);
        long most = sets.stream().mapToLong(FileSet::bytes).max().orElse(0);
        long needed = 2 * most + most / 10 + beside;
        long free = Files.getFileStore(directory).getUsableSpace();
        if (free < needed) {
            throw new UsageException(directory + " has " + Units.bytes(free) + " free and " + Units.bytes(needed)
                    + " are needed; choose another with --dir, or a smaller --scale");
        }
    }
}
