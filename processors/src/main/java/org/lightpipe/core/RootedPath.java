package org.lightpipe.core;

import java.nio.file.Path;

/** Paths that stay below their root. */
public final class RootedPath {

    private RootedPath() {}

    /**
     * Resolves a relative path below a root.
     *
     * @throws IllegalArgumentException when the path is absolute or would leave the root
     */
    public static Path resolve(Path root, String relative) {
        Path normalRoot = root.toAbsolutePath().normalize();
        Path path = normalRoot.resolve(relative).normalize();
        if (Path.of(relative).isAbsolute() || !path.startsWith(normalRoot) || path.equals(normalRoot)) {
            throw new IllegalArgumentException("'" + relative + "' leads out of " + root);
        }
        return path;
    }
}
