package org.lightpipe.acquire;

import java.util.Optional;

/** The marker files of a watched tree: which they are, and what they mark. They count only if the policy is to mark. */
final class MarkerFiles {

    private final LandingOptions options;
    private final boolean used;

    MarkerFiles(LandingOptions options, Completeness completeness) {
        this.options = options;
        this.used = completeness.needsMarker();
    }

    boolean areUsed() {
        return used;
    }

    /** The marker of a file; null when there is none. */
    FileStatus of(WaitingFile file) {
        return used ? file.directory().status(options.marker().of(file.name())) : null;
    }

    /** Name of the file in the same directory that a file of this name marks, if it can be a marker. */
    Optional<String> markedBy(String name) {
        return options.marker().marked(name);
    }

    boolean isMarker(Directory directory, String name) {
        if (!used) {
            return false;
        }
        if (options.directories() && !directory.path().isEmpty()) {
            return name.equals(options.marker().of(Units.nameOf(directory.path())));
        }
        return markedBy(name)
                .map(target -> directory.status(target))
                .filter(FileStatus::isFile)
                .isPresent();
    }

    /**
     * Whether a whole directory has its marker.
     *
     * @param inside the directory itself; null when it is not known
     * @param beside the watched directory
     */
    boolean hasMarker(String unit, Directory inside, Directory beside) {
        String marker = options.marker().of(unit);
        return inside != null && inside.status(marker) != null || beside.status(marker) != null;
    }
}
