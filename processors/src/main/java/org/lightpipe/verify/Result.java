package org.lightpipe.verify;

import java.util.Optional;

/**
 * What became of one file in one storage.
 *
 * @param file the file
 * @param storage name of the storage
 * @param problem what is wrong, if anything is
 */
record Result(StoredFile file, String storage, Optional<Problem> problem) {

    /** Whether it is about all of the experiment in that storage rather than about the file. */
    boolean isAbsence() {
        return problem.map(Problem::kind).filter(Problem.Kind.ABSENT::equals).isPresent();
    }
}
