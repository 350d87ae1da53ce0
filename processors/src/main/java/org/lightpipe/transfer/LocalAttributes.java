package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.os.Errno;
import org.lightpipe.os.FileCalls;

/** Gives a copy its mode, owner, group and times, as its storage asks for them, in as few calls as it takes. */
final class LocalAttributes {

    private static final int SET_GROUP = 02000;
    private static final int PERMISSIONS = 0777;

    private final Set<Keep> keep;
    private final int mode;
    private final Optional<String> group;
    private final FileAttribute<?>[] atCreation;
    private final boolean modeAtCreation;

    LocalAttributes(Storage storage) {
        this.keep = storage.transfer().keep();
        this.mode = storage.fileMode();
        // Files in a directory with the set-group bit have its group from the start.
        this.group = storage.group().filter(name -> (storage.directoryMode() & SET_GROUP) == 0);
        this.modeAtCreation =
                !keep.contains(Keep.MODE) && (mode & ~PERMISSIONS) == 0 && (mode & FileCalls.umask()) == 0;
        this.atCreation = new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions(mode))};
    }

    /** Mode of a file, unless that of the source is kept. */
    int mode() {
        return mode;
    }

    /** What a new file is made with. */
    FileAttribute<?>[] atCreation() {
        return atCreation.clone();
    }

    /** For a file that was made with {@link #atCreation}. */
    void dress(Path file, Path source, SourceStat stat) throws IOException {
        dress(file, source, stat, modeAtCreation);
    }

    /** For a file that was made in another way. */
    void dressShared(Path file, Path source, SourceStat stat) throws IOException {
        dress(file, source, stat, false);
    }

    private void dress(Path file, Path source, SourceStat stat, boolean hasMode) throws IOException {
        // The owner comes first: a change of owner takes bits of the mode away.
        if (keep.contains(Keep.OWNER)) {
            take("unix:uid", "owner", file, source);
        }
        if (keep.contains(Keep.GROUP)) {
            take("unix:gid", "group", file, source);
        } else if (group.isPresent()) {
            setGroup(file, group.get());
        }
        if (keep.contains(Keep.MODE)) {
            Files.setAttribute(file, "unix:mode", (Integer) of(source, "unix:mode") & 07777);
        } else if (!hasMode) {
            Files.setAttribute(file, "unix:mode", mode);
        }
        if (keep.contains(Keep.TIMES)) {
            FileCalls.setModified(file, stat.mtimeNs());
        }
    }

    private static void take(String attribute, String what, Path file, Path source) throws IOException {
        Object wanted = of(source, attribute);
        if (wanted.equals(Files.getAttribute(file, attribute, LinkOption.NOFOLLOW_LINKS))) {
            return;
        }
        try {
            Files.setAttribute(file, attribute, wanted, LinkOption.NOFOLLOW_LINKS);
        } catch (FileSystemException e) {
            if (e instanceof AccessDeniedException || Errno.of(e).orElse(null) == Errno.EPERM) {
                throw new CopyException(
                        "the " + what + " of " + source + " (" + wanted + ") cannot be kept: the user that the hub runs"
                                + " as may not give files to it; take '" + what + "' out of 'keep' of the storage",
                        false,
                        e);
            }
            throw e;
        }
    }

    private static Object of(Path source, String attribute) throws CopyException {
        try {
            return Files.getAttribute(source, attribute, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw LocalTrouble.ofSource(source, e);
        }
    }

    private static void setGroup(Path file, String name) throws IOException {
        try {
            Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setGroup(
                            file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(name));
        } catch (UserPrincipalNotFoundException e) {
            throw new CopyException(
                    "group '" + name + "' does not exist on this machine; create it or change 'group'", true, e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        // They are declared from the owner's reading (0400) to the others' executing (0001).
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((mode & (0400 >> permission.ordinal())) != 0) {
                permissions.add(permission);
            }
        }
        return permissions;
    }
}
