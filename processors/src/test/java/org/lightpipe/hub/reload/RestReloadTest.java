package org.lightpipe.hub.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.main.Main;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.hub.check.RouteChecker;
import org.lightpipe.hub.reload.ReloadReport.Outcome;

/** Routes with an HTTP entry, on a real server: it must not notice what is built aside. */
class RestReloadTest {

    private static final String REST = """
            - rest:
                path: /things
                get:
                  - path: /one
                    to: direct:one
            - route:
                id: one
                description: Answers the path.
                from:
                  uri: direct:one
                  steps:
                    - setBody:
                        constant: first
            """;

    private static final String PLAIN = """
            - route:
                id: plain
                description: Answers by itself.
                from:
                  uri: platform-http:/plain
                  steps:
                    - setBody:
                        constant: plain
            """;

    @TempDir
    Path home;

    private final Main main = new Main();
    private final HttpClient client = HttpClient.newHttpClient();
    private int port;
    private SafeReloader reloader;

    @BeforeEach
    void startHub() throws Exception {
        Files.createDirectories(home.resolve("routes"));
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("routes/1-rest.camel.yaml"), REST);
        Files.writeString(home.resolve("routes/2-plain.camel.yaml"), PLAIN);
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        main.configure().withRoutesIncludePattern("file:" + home + "/routes/*.camel.yaml");
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", String.valueOf(port));
        main.addInitialProperty("camel.rest.inlineRoutes", "false");
        main.addInitialProperty("camel.rest.component", "platform-http");
        main.start();
        reloader = new SafeReloader(
                main.getCamelContext(),
                new SafeReloader.Settings(
                        home.resolve("routes"), home.resolve("config"), Duration.ofHours(1), Duration.ofSeconds(5)),
                new RouteChecker(name -> Optional.empty(), Map.of(), getClass().getClassLoader()),
                findings -> new Configuration(Map.of(), Map.of(), Map.of()),
                new LiveConfiguration(new Configuration(Map.of(), Map.of(), Map.of())),
                report -> {});
        reloader.start();
    }

    @AfterEach
    void stopHub() {
        reloader.close();
        main.stop();
    }

    private String get(String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(10))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() == 200 ? response.body() : String.valueOf(response.statusCode());
    }

    @Test
    void replacesRoutesWithAnHttpEntry() throws Exception {
        assertThat(get("/things/one")).isEqualTo("first");
        assertThat(get("/plain")).isEqualTo("plain");

        Files.writeString(
                home.resolve("routes/2-plain.camel.yaml"), PLAIN.replace("constant: plain", "constant: fancy"));
        ReloadReport plain = reloader.checkNow().orElseThrow();
        assertThat(plain.messages()).containsExactly("routes in force: plain");
        assertThat(get("/plain")).isEqualTo("fancy");
        assertThat(get("/things/one")).isEqualTo("first");

        Files.writeString(
                home.resolve("routes/1-rest.camel.yaml"),
                REST.replace("path: /one", "path: /eins").replace("constant: first", "constant: erste"));
        ReloadReport rest = reloader.checkNow().orElseThrow();
        assertThat(rest.outcome()).as("%s", rest.messages()).isEqualTo(Outcome.APPLIED);
        assertThat(get("/things/eins")).isEqualTo("erste");
        assertThat(get("/things/one")).isEqualTo("404");
        assertThat(RoutesWantedCheck.missing(main.getCamelContext(), reloader.wantedRoutes()))
                .isEmpty();
    }

    @Test
    void leavesTheEntryOpenWhenTheEditIsWrong() throws Exception {
        Files.writeString(
                home.resolve("routes/2-plain.camel.yaml"),
                PLAIN.replace(
                        "uri: platform-http:/plain",
                        "uri: platform-http:/plain\n      parameters:\n        nothing: 1"));

        assertThat(reloader.checkNow().orElseThrow().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(get("/plain")).isEqualTo("plain");
    }
}
