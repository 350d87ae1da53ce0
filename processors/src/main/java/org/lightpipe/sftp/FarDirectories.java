package org.lightpipe.sftp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Makes directories of a storage, and remembers those that it saw, so that files of a known directory cost no question.
 * Thread-safe.
 */
public final class FarDirectories {

    private static final int REMEMBERED = 10_000;

    private final FarPath paths;
    private final String root;
    private final int mode;
    private final Set<String> known = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    }));

    /**
     * @param root path of the storage root; empty for the directory in which a login begins
     * @param mode mode of directories that are made here; those that are there already stay as they are
     */
    public FarDirectories(String root, int mode) {
        this.paths = new FarPath(root);
        this.root = root;
        this.mode = mode;
    }

    /**
     * Makes directories and those above them.
     *
     * @param directories below the storage root
     * @return those that could not be made, with the reason
     * @throws SftpConnectionException when the connection broke
     */
    public Map<String, IOException> make(SftpConnection connection, Collection<String> directories) throws IOException {
        Map<String, CompletableFuture<Attributes>> asked = new LinkedHashMap<>();
        for (String directory : new LinkedHashSet<>(directories)) {
            if (!known.contains(directory)) {
                asked.put(directory, connection.stat(paths.of(directory)));
            }
        }
        Map<String, IOException> failures = new HashMap<>();
        for (Map.Entry<String, CompletableFuture<Attributes>> each : asked.entrySet()) {
            String directory = each.getKey();
            try {
                make(connection, directory, each.getValue());
                known.add(directory);
            } catch (SftpStatusException | NotDirectoryException e) {
                failures.put(directory, e);
            }
        }
        return failures;
    }

    /** Something else than a directory is in the way. */
    private static final class NotDirectoryException extends IOException {
        private static final long serialVersionUID = 1L;

        NotDirectoryException(String message) {
            super(message);
        }
    }

    private void make(SftpConnection connection, String directory, CompletableFuture<Attributes> answer)
            throws IOException {
        try {
            check(directory, connection.await(answer));
        } catch (SftpStatusException e) {
            if (!e.isMissing()) {
                throw e;
            }
            for (String part : downTo(directory)) {
                makeOne(connection, part);
            }
        }
    }

    private void makeOne(SftpConnection connection, String path) throws IOException {
        byte[] name = org.lightpipe.core.RawName.bytes(path);
        try {
            connection.await(connection.makeDirectory(name));
        } catch (SftpStatusException e) {
            // Most of those above are there already, and others may make the same one now.
            try {
                check(path, connection.await(connection.stat(name)));
            } catch (SftpStatusException missing) {
                missing.addSuppressed(e);
                throw missing.isMissing() ? e : missing;
            }
            return;
        }
        connection.await(connection.setPathAttributes(name, Attributes.none().withMode(mode)));
    }

    private static void check(String directory, Attributes attributes) throws NotDirectoryException {
        if (attributes.mode().isPresent() && !attributes.isDirectory()) {
            throw new NotDirectoryException("'" + directory + "' is in the way: it is not a directory");
        }
    }

    /** Paths of the directory and all above it, the topmost first, as the far side sees them. */
    private List<String> downTo(String directory) {
        String whole = root.isEmpty() ? directory : directory.isEmpty() ? root : root + "/" + directory;
        List<String> parts = new ArrayList<>();
        for (int slash = whole.indexOf('/', 1); slash > 0; slash = whole.indexOf('/', slash + 1)) {
            if (whole.charAt(slash - 1) != '/') {
                parts.add(whole.substring(0, slash));
            }
        }
        parts.add(whole);
        return parts;
    }

    /** Forgets a directory that turned out to be gone. */
    public void forget(String directory) {
        known.remove(directory);
    }
}
