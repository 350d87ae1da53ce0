package org.lightpipe.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One process for good: numbers are used again, a number with its start time is not.
 *
 * @param pid its number
 * @param startTicks when it started, in clock ticks since the machine came up
 */
record LinuxProcess(long pid, long startTicks) {

    /** The process with that number now; empty when there is none, or only what its parent has not collected yet. */
    static Optional<LinuxProcess> of(long pid) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // the name in brackets may hold anything, so count from its end: state is field 3, start time field 22
            String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ");
            boolean ended = fields[0].equals("Z") || fields[0].equals("X");
            return ended ? Optional.empty() : Optional.of(new LinuxProcess(pid, Long.parseLong(fields[19])));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    boolean alive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Ends it at once; harmless when it has ended. */
    void kill() {
        if (alive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }
}
