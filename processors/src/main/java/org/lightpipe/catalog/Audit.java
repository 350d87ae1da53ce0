package org.lightpipe.catalog;

import org.springframework.jdbc.core.JdbcTemplate;

/** Who did what, and when. Thread-safe. */
public final class Audit {

    private final JdbcTemplate jdbc;

    public Audit(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Records what a person, or the hub itself, did. Part of the transaction of its caller, if there is one. */
    public void record(String who, String what, String detail) {
        jdbc.update("insert into audit_event (who, what, detail) values (?, ?, ?)", who, what, detail);
    }
}
