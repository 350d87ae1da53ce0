package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** Finds files that a process of this machine has open for writing, as far as the hub may see. */
final class OpenForWriting {

    private static final int ACCESS_MODE = 3;

    private final Path proc;

    /** @param proc the process file system; when it is not there nothing is found open */
    OpenForWriting(Path proc) {
        this.proc = proc;
    }

    /** Files below a directory that some process has open for writing, after symbolic links. */
    Set<Path> below(Path directory) {
        Set<Path> open = new HashSet<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                addOpen(process, directory, open);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // No /proc: stability and the other policies remain.
        }
        return open;
    }

    private static void addOpen(Path process, Path directory, Set<Path> open) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    Path target = Files.readSymbolicLink(descriptor);
                    if (target.startsWith(directory) && isWriting(process, descriptor)) {
                        open.add(target);
                    }
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // another user's process, or gone
        }
    }

    private static boolean isWriting(Path process, Path descriptor) throws IOException {
        for (String line : Files.readAllLines(process.resolve("fdinfo").resolve(descriptor.getFileName()))) {
            if (line.startsWith("flags:")) {
                return (Integer.parseInt(line.substring("flags:".length()).trim(), 8) & ACCESS_MODE) != 0;
            }
        }
        return false;
    }
}
