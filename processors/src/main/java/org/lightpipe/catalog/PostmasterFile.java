package org.lightpipe.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a PostgreSQL server writes about itself into {@code postmaster.pid}.
 *
 * @param pid its process id, as the server sees it
 * @param port the TCP port it listens on
 * @param status {@code starting}, {@code ready}, {@code standby} or {@code stopping}; empty very early
 */
record PostmasterFile(long pid, int port, String status) {

    static Path in(Path dataDirectory) {
        return dataDirectory.resolve("postmaster.pid");
    }

    /** Empty when the file is missing or not (yet) readable as one. */
    static Optional<PostmasterFile> read(Path dataDirectory) {
        try {
            // lines: pid, data directory, start time, port, socket directory, address, shared memory, status
            List<String> lines = Files.readAllLines(in(dataDirectory));
            return Optional.of(new PostmasterFile(
                    Long.parseLong(lines.get(0).strip()),
                    lines.size() > 3 ? Integer.parseInt(lines.get(3).strip()) : 0,
                    lines.size() > 7 ? lines.get(7).strip() : ""));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
