package org.lightpipe.core;

import java.nio.file.Path;

/** Paths that stay below their root. */
public final class RootedPath {

    private RootedPath() {}

    /**
     * Resolves a relative path below a root.
     *
     * @param relative text of the path, as {@link RawName} writes it
     * @throws IllegalArgumentException when the path is absolute or would leave the root, or no file can have that name
     */
    public static Path resolve(Path root, String relative) {
        Path normalRoot = root.toAbsolutePath().normalize();
        Path below = RawName.path(relative);
        Path path = normalRoot.resolve(below).normalize();
        if (below.isAbsolute() || !path.startsWith(normalRoot) || path.equals(normalRoot)) {
            throw new IllegalArgumentException("'" + RawName.shown(relative) + "' leads out of " + root);
        }
        return path;
    }
}
