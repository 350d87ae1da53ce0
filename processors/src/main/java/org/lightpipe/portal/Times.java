package org.lightpipe.portal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;

/** Times as the portal's JSON has them: ISO 8601 in UTC. */
final class Times {

    private Times() {}

    /** The time in a column; null when there is none. */
    static String text(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant().toString();
    }
}
