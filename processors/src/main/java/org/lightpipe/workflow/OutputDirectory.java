package org.lightpipe.workflow;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayDeque;
import java.util.Deque;
import org.lightpipe.config.Storage;

/** Makes output directories with the modes and the group of the beamline. */
final class OutputDirectory {

    /** What the hub keeps of each stage beside its results. */
    static final String OWN = ".lightpipe";

    private OutputDirectory() {}

    /**
     * Makes a directory, those above it, and the hub's own directory in it.
     *
     * @throws IOException when it cannot be made, or when something else stands in its place
     */
    static void create(Path directory, Storage storage) throws IOException {
        Deque<Path> missing = new ArrayDeque<>();
        for (Path path = directory; path != null && !Files.exists(path); path = path.getParent()) {
            missing.push(path);
        }
        for (Path path : missing) {
            make(path, storage);
        }
        requireDirectory(directory);
        make(directory.resolve(OWN), storage);
    }

    private static void make(Path path, Storage storage) throws IOException {
        try {
            Files.createDirectory(path);
        } catch (FileAlreadyExistsException e) {
            requireDirectory(path);
            return; // its modes are its maker's
        }
        if (storage.group().isPresent()) {
            Files.getFileAttributeView(path, PosixFileAttributeView.class)
                    .setGroup(path.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByGroupName(storage.group().get()));
        }
        // after the group, which clears the set-group-id bit; and as a number, since POSIX permissions lack that bit
        Files.setAttribute(path, "unix:mode", storage.directoryMode());
    }

    /** A link in its place would lead what is written there to somewhere else. */
    private static void requireDirectory(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(path + " is not a directory; remove it");
        }
    }
}
