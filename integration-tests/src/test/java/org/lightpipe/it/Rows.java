package org.lightpipe.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts of the rows in a hub's own database, asked past the hub. */
final class Rows {

    private static final List<String> TABLES = List.of(
            "experiment", "experiment_user", "daq", "dataset", "file", "job", "publication", "bag", "recall", "step");

    private Rows() {}

    static Map<String, Long> of(Path state) throws IOException, SQLException {
        Path home = state.resolve("postgresql");
        String port =
                Files.readAllLines(home.resolve("data/postmaster.pid")).get(3).strip();
        String password = Files.readString(home.resolve("password")).strip();
        Map<String, Long> counts = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/lightpipe", "lightpipe", password);
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                try (ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
                    rows.next();
                    counts.put(table, rows.getLong(1));
                }
            }
        }
        return counts;
    }
}
