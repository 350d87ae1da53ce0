package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sees that the root of a storage is there, and still on the file system that was mounted there: else its data would
 * fill the disk below the mount point.
 */
final class LocalRoot {

    private final Path root;
    private final LocalTrouble trouble;
    private volatile boolean mountPoint;

    LocalRoot(Path root, LocalTrouble trouble) {
        this.root = root;
        this.trouble = trouble;
    }

    /** @throws CopyException when it is not there */
    void check() throws CopyException {
        if (!Files.isDirectory(root)) {
            throw trouble.missingRoot();
        }
        if (isMountPoint()) {
            mountPoint = true;
        } else if (mountPoint) {
            throw trouble.unmounted();
        }
    }

    private boolean isMountPoint() throws CopyException {
        Path above = root.getParent();
        try {
            return above != null && !Files.getAttribute(root, "unix:dev").equals(Files.getAttribute(above, "unix:dev"));
        } catch (IOException e) {
            throw trouble.ofTarget(root.toString(), e);
        } catch (UnsupportedOperationException e) {
            return false;
        }
    }
}
