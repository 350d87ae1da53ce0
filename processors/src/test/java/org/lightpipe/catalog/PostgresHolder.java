package org.lightpipe.catalog;

import java.nio.file.Path;

/** A program that does with PostgreSQL what a hub does: starts it, says so, and waits for the end of its input. */
final class PostgresHolder {

    private PostgresHolder() {}

    public static void main(String[] arguments) throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]))) {
            System.out.println("READY " + postgres.jdbcUrl() + " " + postgres.serverPid() + " "
                    + (postgres.isAdopted() ? "adopted" : "started"));
            while (System.in.read() >= 0) {
                // until the end
            }
        } catch (EmbeddedPostgresException e) {
            System.out.println("FAILED " + e.getMessage());
            System.exit(1);
        }
        System.out.println("CLOSED");
    }
}
