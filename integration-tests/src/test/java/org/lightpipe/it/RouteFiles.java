package org.lightpipe.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the route files say, read without Camel. */
final class RouteFiles {

    private RouteFiles() {}

    /** Ids of the routes in {@code routes/*.camel.yaml} that always run, in the order of the life cycle. */
    static List<String> ids(Path home) throws IOException {
        return ids(home, false);
    }

    /** Ids of all routes in {@code routes/*.camel.yaml}, also of those that a property must switch on. */
    static List<String> allIds(Path home) throws IOException {
        return ids(home, true);
    }

    private static List<String> ids(Path home, boolean conditional) throws IOException {
        List<String> ids = new ArrayList<>();
        for (Path file : files(home)) {
            Object items = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            for (Object item : (List<?>) items) {
                if (((Map<?, ?>) item).get("route") instanceof Map<?, ?> route
                        && (conditional || !route.containsKey("precondition"))) {
                    ids.add((String) route.get("id"));
                }
            }
        }
        return ids;
    }

    private static List<Path> files(Path home) throws IOException {
        try (Stream<Path> files = Files.list(home.resolve("routes"))) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .sorted()
                    .toList();
        }
    }
}
