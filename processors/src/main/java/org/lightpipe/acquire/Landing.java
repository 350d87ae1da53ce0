package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Looks at a directory tree and finds the files that are finished. Not thread-safe. */
final class Landing {

    private final Path root;
    private final PathFilter filter;
    private final Completeness completeness;
    private final OpenForWriting openForWriting;

    Landing(Path root, PathFilter filter, Completeness completeness, OpenForWriting openForWriting) {
        this.root = root;
        this.filter = filter;
        this.completeness = completeness;
        this.openForWriting = openForWriting;
    }

    /**
     * One look at the tree.
     *
     * @return files that are finished and were not handed over yet
     * @throws IOException when the directory itself cannot be read
     */
    List<LandedFile> look() throws IOException {
        // The watched directory itself may be a link; what lies below it may not.
        Path real = root.toRealPath();
        List<LandedFile> finished =
                completeness.finished(files(real), path -> filter.accepts(Path.of(path)), System.nanoTime());
        if (finished.isEmpty()) {
            return finished;
        }
        Set<Path> candidates = new HashSet<>();
        finished.forEach(file -> candidates.add(real.resolve(file.path())));
        Set<Path> open = openForWriting.among(candidates);
        List<LandedFile> closed = new ArrayList<>();
        for (LandedFile file : finished) {
            Path path = real.resolve(file.path());
            if (!open.contains(path) && isClosed(path)) {
                closed.add(file);
            }
        }
        return closed;
    }

    private boolean isClosed(Path path) {
        try {
            return !openForWriting.isUnclosedHdf5(path);
        } catch (IOException e) {
            // Gone, or not readable: the next look, or the transfer with its reason, will tell.
            return !(e instanceof NoSuchFileException);
        }
    }

    void handedOver(List<LandedFile> files) {
        files.forEach(completeness::handedOver);
    }

    int unfinished() {
        return completeness.unfinished();
    }

    long oldestSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(completeness.oldestNanos(System.nanoTime()));
    }

    private static Map<String, Completeness.Stamp> files(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new NotDirectoryException(root.toString());
        }
        Map<String, Completeness.Stamp> files = new HashMap<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                // Links and special files are left: a link could lead anywhere, a pipe would block.
                if (attributes.isRegularFile()) {
                    files.put(
                            root.relativize(file).toString(),
                            new Completeness.Stamp(
                                    attributes.size(),
                                    attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS)));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                boolean hidden = !directory.equals(root)
                        && directory.getFileName().toString().startsWith(".");
                return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (file.equals(root)) {
                    throw e;
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }
}
