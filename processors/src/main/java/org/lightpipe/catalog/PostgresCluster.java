package org.lightpipe.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The data directory: made once, checked at each start, never half made. */
final class PostgresCluster {

    /** The hub's user owns its database and is no superuser: no statement of the hub can reach files or programs. */
    static final String USER = "lightpipe";

    private static final String SUPERUSER = "postgres";
    static final String DATABASE = "lightpipe";

    private static final Duration MAKING_LIMIT = Duration.ofMinutes(3);

    /** Written into postgresql.conf, where an operator may change them; what durability needs is not here. */
    private static final List<String> TUNING = List.of(
            "shared_buffers=64MB",
            "max_connections=50",
            "work_mem=8MB",
            "maintenance_work_mem=64MB",
            "max_logical_replication_workers=0",
            // a killed hub's long statement must not hold its locks until it ends
            "client_connection_check_interval=5s");

    private final PostgresHome home;
    private final PostgresPrograms programs;

    PostgresCluster(PostgresHome home, PostgresPrograms programs) {
        this.home = home;
        this.programs = programs;
    }

    /** True when there is a data directory to start; fails when it is not one for these programs. */
    boolean exists() {
        Path data = home.data();
        try {
            if (!Files.exists(data)) {
                return false;
            }
            Path versionFile = data.resolve("PG_VERSION");
            if (!Files.exists(versionFile)) {
                if (isEmptyDirectory(data)) {
                    Files.delete(data);
                    return false;
                }
                throw new EmbeddedPostgresException(
                        data + " is not a PostgreSQL data directory (PG_VERSION is missing)."
                                + " Mend: move it away, the next start makes a new one; or restore it from a backup.");
            }
            String found = Files.readString(versionFile).strip();
            if (!found.equals(programs.majorVersion())) {
                throw new EmbeddedPostgresException(data + " was made by PostgreSQL " + found
                        + ", this hub brings PostgreSQL " + programs.majorVersion()
                        + ". Mend: start the hub version that made it and dump the catalog with pg_dump " + found
                        + ", then move the directory away and restore the dump into the new one;"
                        + " or run PostgreSQL " + found + " on it and set LIGHTPIPE_DATABASE_URL.");
            }
            return true;
        } catch (IOException e) {
            throw PostgresHome.failure("Cannot read " + data, e);
        }
    }

    /** Makes the data directory with its user and database, aside, then renames it: a kill leaves nothing half made. */
    void make() {
        String password = home.password().orElseGet(home::newPassword);
        Path temporary = null;
        try {
            temporary = home.temporaryDirectory();
            home.giveTo(programs.account());
            Path made = temporary.resolve("data");
            run(
                    temporary,
                    "initdb",
                    Stream.concat(
                                    Stream.of(
                                            "--pgdata=" + made,
                                            "--username=" + SUPERUSER,
                                            "--pwfile=" + home.passwordFile(),
                                            "--auth=scram-sha-256",
                                            "--encoding=UTF8",
                                            "--locale=C",
                                            // letters of every language, in an order no operating system update changes
                                            "--locale-provider=builtin",
                                            "--builtin-locale=C.UTF-8",
                                            "--data-checksums",
                                            "--no-instructions"),
                                    TUNING.stream().map(setting -> "--set=" + setting))
                            .toList(),
                    "");
            alone(
                    made,
                    "CREATE ROLE " + USER + " LOGIN PASSWORD '" + password + "'",
                    // to see settings and statistics
                    "GRANT pg_monitor TO " + USER,
                    "CREATE DATABASE " + DATABASE + " OWNER " + USER);
            Files.move(made, home.data(), StandardCopyOption.ATOMIC_MOVE);
            PostgresHome.syncDirectory(home.root());
        } catch (IOException e) {
            throw PostgresHome.failure("Cannot make the data directory " + home.data(), e);
        } finally {
            discard(temporary);
        }
    }

    /** Sets a new password on a stopped server whose password file was lost. */
    String replacePassword() {
        String password = home.newPassword();
        home.giveTo(programs.account());
        try {
            alone(
                    home.data(),
                    "ALTER ROLE " + USER + " PASSWORD '" + password + "'",
                    "ALTER ROLE " + SUPERUSER + " PASSWORD '" + password + "'");
        } catch (EmbeddedPostgresException e) {
            discard(home.passwordFile());
            throw e;
        }
        return password;
    }

    /**
     * Runs statements, one a line, in single-user mode: no port is open, nobody needs a password. Passwords are made of
     * letters, digits, - and _ only, and go through a pipe; a failed statement must not print them.
     */
    private void alone(Path data, String... statements) {
        run(
                data,
                "postgres",
                List.of(
                        "--single",
                        "-D",
                        data.toString(),
                        "-c",
                        "log_checkpoints=off",
                        "-c",
                        "log_min_error_statement=panic",
                        "postgres"),
                String.join(";\n", statements) + ";\n");
    }

    private void run(Path workingDirectory, String program, List<String> arguments, String input) {
        BoundedProcess ended = programs.run(program, arguments, workingDirectory, input, MAKING_LIMIT);
        // single-user mode ends with 0 after a failed statement too
        boolean failed = !ended.succeeded() || ended.output().contains("ERROR:");
        if (failed) {
            boolean full = ended.output().contains("No space left");
            throw new EmbeddedPostgresException("PostgreSQL's " + program + " failed on " + home.root() + ": "
                    + reason(ended.output()) + "\n"
                    + (full
                            ? "Mend: free at least 200 MB there, or choose another state directory.\n"
                            : "Mend: see its output.\n")
                    + ended.output());
        }
    }

    private static String reason(String output) {
        return output.lines()
                .filter(line -> line.contains("FATAL:") || line.contains("ERROR:") || line.contains("error:"))
                .findFirst()
                .orElse("it says:");
    }

    private static boolean isEmptyDirectory(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private static void discard(Path path) {
        if (path != null) {
            try {
                PostgresHome.deleteTree(path);
            } catch (IOException e) {
                // the next start clears it; the reason that brought us here matters more
            }
        }
    }
}
