package org.lightpipe.storage;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Who may do what in the tree of an experiment. A user of the experiment may do what its group may.
 *
 * @param group number of the group; absent where any is right
 * @param directoryMode mode of every directory
 * @param fileMode mode of every file; one that its owner may execute may be executed by all who may read it
 * @param keepsFileMode whether a file's own mode is right
 * @param keepsFileGroup whether a file's own group is right
 * @param severalNames whether a file may have several names (hard links)
 * @param users numbers of the users who have an entry in access control lists; absent where these are not used
 */
public record AccessRule(
        OptionalInt group,
        int directoryMode,
        int fileMode,
        boolean keepsFileMode,
        boolean keepsFileGroup,
        boolean severalNames,
        Optional<Set<Integer>> users) {

    private static final int OWNER_EXECUTES = 0100;

    /** The mode that a directory or file should have, which has this one. */
    int mode(boolean directory, int now) {
        if (directory) {
            return directoryMode;
        }
        if (keepsFileMode) {
            return now;
        }
        return (now & OWNER_EXECUTES) == 0 ? fileMode : fileMode | (fileMode & 0444) >> 2;
    }

    boolean isGroupRight(boolean directory, int gid) {
        return group.isEmpty() || group.getAsInt() == gid || !directory && keepsFileGroup;
    }
}
