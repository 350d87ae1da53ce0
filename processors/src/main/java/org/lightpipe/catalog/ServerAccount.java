package org.lightpipe.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * As whom PostgreSQL's programs run. They refuse uid 0, so that a hub started by root puts a small program in front of
 * them.
 */
enum ServerAccount {
    /** The hub's own user; what every hub not started by root uses. */
    SELF,
    /** Root seen from a user namespace without a mapping: files keep their owner, PostgreSQL sees uid 65534. */
    USER_NAMESPACE,
    /** The user nobody, where user namespaces are switched off (as in most containers); the files are given to it. */
    NOBODY;

    private static final int NOBODY_ID = 65534;
    private static final List<Path> PROGRAM_DIRECTORIES =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    /** The account for this process on this machine. */
    static ServerAccount detect() {
        if (effectiveUserId() != 0) {
            return SELF;
        }
        if (find("unshare").isPresent() && runs(USER_NAMESPACE)) {
            return USER_NAMESPACE;
        }
        if (find("setpriv").isPresent() && runs(NOBODY)) {
            return NOBODY;
        }
        throw new EmbeddedPostgresException(
                "PostgreSQL does not run as root, and neither \"unshare -U\" (user namespaces)"
                        + " nor \"setpriv\" works here to start it as someone else. Mend: run the hub as an ordinary user,"
                        + " or set LIGHTPIPE_DATABASE_URL to a PostgreSQL of your own.");
    }

    /** The words to put in front of a program and its arguments; empty for {@link #SELF}. */
    List<String> prefix() {
        return switch (this) {
            case SELF -> List.of();
            case USER_NAMESPACE -> List.of(required("unshare"), "-U");
            case NOBODY ->
                List.of(
                        required("setpriv"),
                        "--reuid",
                        Integer.toString(NOBODY_ID),
                        "--regid",
                        Integer.toString(NOBODY_ID),
                        "--clear-groups");
        };
    }

    /** Numeric id of the user that must own the data directory. */
    int userId() {
        return switch (this) {
            case SELF -> effectiveUserId();
            case USER_NAMESPACE -> 0;
            case NOBODY -> NOBODY_ID;
        };
    }

    /** The program of that name in the system's program directories; the PATH is not asked, it may be anyone's. */
    static Optional<String> find(String program) {
        return PROGRAM_DIRECTORIES.stream()
                .map(directory -> directory.resolve(program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    private static String required(String program) {
        return find(program)
                .orElseThrow(() -> new EmbeddedPostgresException("The program \"" + program
                        + "\" is missing; PostgreSQL needs it to be started by root. Mend: install the package util-linux,"
                        + " or run the hub as an ordinary user."));
    }

    private static boolean runs(ServerAccount account) {
        List<String> command = new ArrayList<>(account.prefix());
        command.add(find("true").orElse("/bin/true"));
        return BoundedProcess.run(command, Path.of("/"), "", Duration.ofSeconds(5))
                .succeeded();
    }

    private static int effectiveUserId() {
        try {
            // Uid: real, effective, saved, file system
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("Uid:"))
                    .map(line -> Integer.parseInt(line.split("\\s+")[2]))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no Uid: line"));
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "Cannot read /proc/self/status to learn which user the hub runs as. Mend: mount /proc.", e);
        }
    }
}
