package org.lightpipe.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;

/** Makes directories of a mounted storage with the group and mode that its beamline asks for. */
public final class Directories {

    private final Optional<String> group;
    private final int mode;

    /**
     * @param group POSIX group of what is newly made, if one is wanted
     * @param mode its mode, such as 02770
     */
    public Directories(Optional<String> group, int mode) {
        this.group = group;
        this.mode = mode;
    }

    /**
     * Makes a directory and those above it, up to the root. Only what is newly made gets group and mode:
     * what a person changed stays as it is.
     */
    public void create(Path root, Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (!directory.equals(root) && directory.startsWith(root)) {
            create(root, directory.getParent());
        } else if (directory.equals(root)) {
            Files.createDirectories(root);
            return;
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(directory)) {
                return;
            }
            throw e;
        }
        if (group.isPresent()) {
            Files.getFileAttributeView(directory, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setGroup(principal(directory, group.get()));
        }
        Files.setAttribute(directory, "unix:mode", mode, LinkOption.NOFOLLOW_LINKS);
        flush(directory.getParent());
    }

    private static GroupPrincipal principal(Path directory, String name) throws IOException {
        try {
            return directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException(
                    "group '" + name + "' does not exist on this machine; create it or change 'group'", e);
        }
    }

    /** Writes the names in a directory to the disk. */
    public static void flush(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
