package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.hub.client.HubClient;

/** One life cycle through every public entry leaves no route of the hub without an exchange. */
class RouteCoverageIT {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path directory;

    @Test
    void everyRouteIsExercised() throws Exception {
        Facility facility = Facility.in(directory);
        Path second = Files.createDirectory(directory.resolve("second"));
        facility.write("config/storages.yaml", "storages: {second: {uri: 'file:" + second + "'}}\n");
        Path beamline = facility.home().resolve("config/beamlines/demo.yaml");
        Files.writeString(beamline, Files.readString(beamline) + "copies: [second]\n");
        int port = HubProcess.freePort();
        HttpServer listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger announced = new AtomicInteger();
        listener.createContext("/records", exchange -> {
            exchange.getRequestBody().readAllBytes();
            announced.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        listener.start();
        List<String> options = List.of(
                "run",
                "--profile=demo",
                "--home=" + facility.home(),
                "--state=" + facility.state(),
                "--jmx-port=" + port,
                "-Dpublish.announce=true",
                "-Dverify.scrub=true",
                "-Dverify.cron=0/1 * * * * ?",
                "-Dannounce.period=200",
                "-Dpublish.announce-url=http://127.0.0.1:"
                        + listener.getAddress().getPort() + "/records");
        try (HubProcess hub = new HubProcess(facility.state(), options).start()) {
            lifeCycle(facility, hub.client());
            assertThat(second.resolve("demo/exp/data/scan/images.h5"))
                    .hasSameBinaryContentAs(facility.detector().resolve("scan/images.h5"));
            await().atMost(PATIENCE).until(() -> announced.get() > 0);
            try (Jmx console = Jmx.connect(port)) {
                assertCovered(facility, console);
            }
        } finally {
            listener.stop(0);
        }
    }

    private void lifeCycle(Facility facility, HubClient hub) throws Exception {
        Files.writeString(facility.state().resolve("inbox/form.yaml"), "name: posted\nbeamline: demo\n");
        hub.post("/api/v1/experiments", "name: exp\nbeamline: demo\nusers: [{name: ada}]\n");
        await().atMost(PATIENCE)
                .until(() -> states(hub.get("/api/v1/experiments")).equals(List.of("READY", "READY")));
        permissions(hub);
        long daq = hub.post("/api/v1/daqs", "{\"experiment\": \"exp\", \"directory\": \"" + facility.detector() + "\"}")
                .path("id")
                .asLong();
        assertThat(hub.get("/api/v1/daqs")).hasSize(1);
        for (String step : List.of("pause", "resume", "retry")) {
            hub.post("/api/v1/steps/transfer/" + step, "{}");
        }
        assertThat(hub.get("/api/v1/storages").get(0).path("state").asText()).isEqualTo("open");
        for (String operation : List.of("pause", "resume")) {
            hub.post("/api/v1/storages/demo/" + operation, "{}");
        }
        hub.post("/api/v1/storages/demo/limit", "{\"concurrency\": 3, \"bandwidth\": \"1GB/s\"}");
        Files.createDirectories(facility.detector().resolve("scan"));
        Images.write(facility.detector().resolve("scan/images.h5"));
        long dataset = await().atMost(PATIENCE)
                .until(() -> hub.get("/api/v1/datasets?experiment=exp"), list -> !list.isEmpty())
                .get(0)
                .path("id")
                .asLong();
        await().atMost(PATIENCE)
                .until(() -> hub.get("/api/v1/datasets/" + dataset + "/files?limit=10")
                                .path("files")
                                .size()
                        == 1);
        await().atMost(PATIENCE)
                .until(
                        () -> hub.get("/api/v1/datasets/" + dataset).path("bags"),
                        bags -> bags.size() == 1
                                && "RELEASED".equals(bags.get(0).path("state").asText()));
        long recall = hub.post("/api/v1/recalls", "{\"dataset\": " + dataset + "}")
                .path("id")
                .asLong();
        await().atMost(PATIENCE)
                .until(() -> "ONLINE"
                        .equals(hub.get("/api/v1/recalls/" + recall)
                                .path("state")
                                .asText()));
        long job = hub.post(
                        "/api/v1/jobs",
                        "{\"dataset\": " + dataset + ", \"workflow\": \"statistics\", \"key\": \"by-hand\"}")
                .path("id")
                .asLong();
        await().atMost(PATIENCE)
                .until(() -> "DONE"
                        .equals(hub.get("/api/v1/jobs/" + job).path("state").asText()));
        steer(facility, hub, daq);
        hub.delete("/api/v1/daqs/" + daq);
        assertThat(hub.get("/api/v1/health").path("status").asText()).isEqualTo("UP");
        hub.get("/api/v1/status");
        portal(hub);
    }

    private void steer(Facility facility, HubClient hub, long daq) throws Exception {
        assertThat(hub.get("/api/v1/daqs/" + daq).path("found").asLong()).isOne();
        Files.createDirectories(facility.detector().resolve("again"));
        hub.post("/api/v1/uploads", "{\"experiment\": \"exp\", \"directory\": \"" + facility.detector() + "/again\"}");
        assertThat(hub.get("/api/v1/files?experiment=exp&path=scan").path("files"))
                .hasSize(1);
        assertThat(hub.get("/api/v1/held")).isEmpty();
        assertThat(hub.get("/api/v1/steps/transfer/held").path("items")).isEmpty();
        long verification = hub.post("/api/v1/verifications", "{\"experiment\": \"exp\", \"rate\": \"100MB/s\"}")
                .path("id")
                .asLong();
        await().atMost(PATIENCE)
                .until(() -> "DONE"
                        .equals(hub.get("/api/v1/verifications/" + verification)
                                .path("state")
                                .asText()));
        assertThat(hub.get("/api/v1/verifications")).isNotEmpty();
        assertThat(hub.get("/api/v1/verifications/" + verification + "/rot").path("problems"))
                .isEmpty();
        assertThatThrownBy(() -> hub.delete("/api/v1/verifications/" + verification))
                .hasMessageContaining("no verification " + verification + " is under way");
    }

    private void permissions(HubClient hub) throws Exception {
        assertThat(hub.get("/api/v1/experiments/exp/users")).hasSize(1);
        assertThat(hub.post(
                        "/api/v1/experiments/exp/users",
                        "{\"add\": [{\"name\": \"grace\", \"role\": \"PI\"}], \"remove\": []}"))
                .hasSize(2);
        JsonNode walks = hub.post("/api/v1/permissions", "{\"action\": \"check\", \"all\": true}");
        assertThat(walks).hasSize(2);
        for (JsonNode walk : walks) {
            JsonNode ended = await().atMost(PATIENCE)
                    .until(
                            () -> hub.get(
                                    "/api/v1/permissions/" + walk.path("id").asLong() + "?after=0"),
                            seen -> "DONE".equals(seen.path("state").asText()));
            assertThat(ended.path("wrong").asLong()).as(ended.toPrettyString()).isZero();
            assertThat(ended.path("seen").asLong()).isEqualTo(3);
        }
    }

    private void portal(HubClient hub) throws Exception {
        String token = hub.post("/api/v1/tokens", "{\"user\": \"ada\", \"for\": \"1h\"}")
                .path("token")
                .asText();
        HubClient ada = hub.as(token);
        assertThat(ada.get("/api/v1/me").path("username").asText()).isEqualTo("ada");
        long record = await().atMost(PATIENCE)
                .until(() -> ada.get("/api/v1/records").path("records"), records -> records.size() == 1)
                .get(0)
                .path("id")
                .asLong();
        assertThat(ada.get("/api/v1/records/" + record).path("dataset").asText())
                .isEqualTo("scan");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ada.bytes("/api/v1/records/" + record + "/preview"))
                        .startsWith("\u0089PNG".getBytes(StandardCharsets.ISO_8859_1)));
        ada.post("/api/v1/login", "{\"token\": \"" + token + "\"}");
        ada.post("/api/v1/logout", "{}");
        assertThatThrownBy(() -> ada.get("/api/v1/status")).isInstanceOf(HubClient.Refused.class);
        HttpClient browser = HttpClient.newHttpClient();
        for (String page : List.of("/", "/portal/main.js")) {
            HttpResponse<String> answer = browser.send(
                    HttpRequest.newBuilder(URI.create(hub.url() + page))
                            .timeout(PATIENCE)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(page).isEqualTo(200);
        }
    }

    private static void assertCovered(Facility facility, Jmx console) throws Exception {
        Map<String, Long> exchanges = new TreeMap<>();
        for (ObjectName name : console.find("org.apache.camel:context=lightpipe,type=routes,*")) {
            exchanges.put((String) console.get(name, "RouteId"), console.number(name, "ExchangesTotal"));
        }
        List<String> written = RouteFiles.allIds(facility.home());
        System.out.printf("%-20s %s%n", "route", "exchanges");
        written.forEach(id -> System.out.printf("%-20s %9d%n", id, exchanges.getOrDefault(id, 0L)));
        List<String> uncovered = new ArrayList<>(written);
        uncovered.removeIf(id -> exchanges.getOrDefault(id, 0L) > 0);
        exchanges.forEach((id, count) -> {
            // Routes that Camel makes of rest: items and of templates.
            if (count == 0 && !written.contains(id)) {
                uncovered.add(id);
            }
        });
        assertThat(uncovered)
                .as("routes that no test of the life cycle touches")
                .isEmpty();
    }

    private static List<String> states(JsonNode list) {
        List<String> states = new ArrayList<>();
        list.forEach(item -> states.add(item.path("state").asText()));
        return states;
    }
}
