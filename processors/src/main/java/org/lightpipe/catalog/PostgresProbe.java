package org.lightpipe.catalog;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** Asks a server, in bounded time, whether it is the one we mean. */
final class PostgresProbe {

    /** What came back. */
    enum Answer {
        /** Our data directory, our version, our password. */
        READY,
        /** Alive, and not open yet (recovering) or not any more (stopping). */
        NOT_OPEN,
        /** It does not take our password. */
        WRONG_PASSWORD,
        /** It answers, and is another server or another version. */
        OTHER,
        /** Nothing within the time-out. */
        SILENT
    }

    private static final int TIMEOUT_SECONDS = 3;

    private PostgresProbe() {}

    static String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + PostgresCluster.DATABASE;
    }

    static Answer ask(int port, String password, Path dataDirectory, String version) {
        Properties properties = new Properties();
        properties.setProperty("user", PostgresCluster.USER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", Integer.toString(TIMEOUT_SECONDS));
        properties.setProperty("socketTimeout", Integer.toString(TIMEOUT_SECONDS));
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        properties.setProperty("ApplicationName", "lightpipe-start");
        try (Connection connection = DriverManager.getConnection(url(port), properties);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select current_setting('data_directory'),"
                        + " current_setting('server_version'), current_setting('fsync')")) {
            row.next();
            boolean ours = Path.of(row.getString(1)).equals(dataDirectory)
                    && row.getString(2).split(" ", 2)[0].equals(version)
                    && row.getString(3).equals("on");
            return ours ? Answer.READY : Answer.OTHER;
        } catch (SQLException e) {
            return switch (String.valueOf(e.getSQLState())) {
                case "57P03", "57P01", "57P02" -> Answer.NOT_OPEN;
                case "28P01", "28000" -> Answer.WRONG_PASSWORD;
                case "3D000" -> Answer.OTHER;
                // all connections taken: it is alive and took the password
                case "53300" -> Answer.READY;
                default -> Answer.SILENT;
            };
        }
    }
}
