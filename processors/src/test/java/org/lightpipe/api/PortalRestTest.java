package org.lightpipe.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.core.ConflictException;
import org.lightpipe.portal.Pictures;

/** The portal's route file over real HTTP, on a real PostgreSQL, from the claim to the picture in a browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PortalRestTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final AdvancingClock clock = new AdvancingClock();
    private final List<String> headersInside = new ArrayList<>();
    private TestCatalog catalog;
    private PortalHub hub;
    private String member;
    private String stranger;
    private String operator;
    private byte[] png;
    private long id;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        catalog = TestCatalog.empty();
        hub = new PortalHub(catalog, HOME, (beamline, rootPath) -> directory.resolve(rootPath), clock);
        hub.main().getCamelContext().addRoutes(new ShowHeaders(headersInside));
        member = hub.access().create("mara", false, Duration.ofDays(30));
        stranger = hub.access().create("stranger", false, Duration.ofDays(30));
        operator = hub.access().create("root", true, Duration.ofDays(30));
        long dataset = catalog.dataset(catalog.experiment("enamel", "2-BM", "Tooth", "mara"), "tooth_001", "{}");
        png = Pictures.save(directory.resolve("enamel"), "tooth_001/p.png");
        long job = catalog.job(dataset, "slice", "DONE");
        catalog.result(job, "tooth_001/p.png", "preview", png.length, Pictures.digest(png));
        catalog.publications().request(dataset);
        id = await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> catalog.jdbc()
                                .queryForList("select id from publication where state = 'PUBLISHED'", Long.class),
                        published -> !published.isEmpty())
                .get(0);
    }

    @AfterAll
    void stop() {
        hub.close();
    }

    @Test
    void oneBadPreviewIsHeldAndStopsNothing() {
        long bad = catalog.dataset(catalog.experiment("bad", "8-ID", "Bad", "nobody"), "bad_001", "{}");
        catalog.result(catalog.job(bad, "slice", "DONE"), "../../etc/passwd", "preview", 1, "00".repeat(32));
        long good = catalog.dataset(catalog.experiment("good", "8-ID", "Good", "nobody"), "good_001", "{}");
        catalog.publications().request(bad);
        catalog.publications().request(good);
        awaitState(good, "PUBLISHED");
        awaitState(bad, "FAILED");
        assertThat(catalog.jdbc()
                        .queryForObject("select reason from publication where dataset_id = ?", String.class, bad))
                .contains("../../etc/passwd", "analysis directory");
    }

    @Test
    void whatAHubThatIsGoneLeftHalfDoneIsDone() {
        long dataset = catalog.dataset(catalog.experiment("left", "8-ID", "Left", "nobody"), "left_001", "{}");
        catalog.jdbc()
                .update(
                        "with gone as (insert into hub_run (name, host, pid, lease, stopped_at)"
                                + " values ('gone', 'gone', 1, interval '1 hour', now()) returning id)"
                                + " insert into publication (dataset_id, state, claimed_by)"
                                + " select ?, 'PUBLISHING', id from gone",
                        dataset);
        awaitState(dataset, "PUBLISHED");
    }

    @Test
    void aPausedStepClaimsNothing() {
        long dataset = catalog.dataset(catalog.experiment("paused", "8-ID", "Paused", "nobody"), "paused_001", "{}");
        catalog.jdbc().update("insert into step (name, paused) values ('publish', true)");
        try {
            catalog.publications().request(dataset);
            await().during(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> state(dataset).equals("PENDING"));
        } finally {
            catalog.jdbc().update("update step set paused = false");
        }
        awaitState(dataset, "PUBLISHED");
    }

    @Test
    void aMemberSearchesAndReads() throws Exception {
        JsonNode page = body(get("/api/v1/records?q=tooth&limit=5", member), 200);
        assertThat(page.get("records")).hasSize(1);
        assertThat(page.at("/records/0/id").asLong()).isEqualTo(id);
        assertThat(page.at("/records/0/preview").asBoolean()).isTrue();
        assertThat(page.at("/facets/experiment/0/value").asText()).isEqualTo("enamel");
        assertThat(page.get("next").isNull()).isTrue();
        JsonNode record = body(get("/api/v1/records/" + id, member), 200);
        assertThat(record.get("dataset").asText()).isEqualTo("tooth_001");
        assertThat(record.at("/results/0/digest").asText()).isEqualTo(Pictures.digest(png));
    }

    @Test
    void thePreviewComesAsItWasMade() throws Exception {
        HttpResponse<byte[]> answer = get("/api/v1/records/" + id + "/preview", member);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(png);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
        String tag = answer.headers().firstValue("ETag").orElseThrow();
        HttpResponse<byte[]> again =
                send(request("/api/v1/records/" + id + "/preview", member).header("If-None-Match", tag));
        assertThat(again.statusCode()).isEqualTo(304);
        HttpResponse<byte[]> denied =
                send(request("/api/v1/records/" + id + "/preview", stranger).header("If-None-Match", tag));
        assertThat(denied.statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/preview"})
    void whatMayNotBeSeenAnswersAsWhatIsNotThere(String part) throws Exception {
        HttpResponse<byte[]> hidden = get("/api/v1/records/" + id + part, stranger);
        HttpResponse<byte[]> none = get("/api/v1/records/999999" + part, stranger);
        assertThat(hidden.statusCode()).isEqualTo(404);
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(text(hidden).replace(Long.toString(id), "N"))
                .isEqualTo(text(none).replace("999999", "N"));
        assertThat(get("/api/v1/records/" + id + part, operator).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/me", "/records", "/records/1", "/records/1/preview"})
    void nobodyUnknownIsLetIn(String path) throws Exception {
        for (String token : new String[] {null, "", "wrong", "A".repeat(43), member + "x", member.substring(1)}) {
            JsonNode errors = body(get("/api/v1" + path, token), 401).get("errors");
            assertThat(errors.get(0).get("problem").asText()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/records?limit=0, limit",
        "/records?limit=201, limit",
        "/records?limit=x, limit",
        "/records?after=-1, after",
        "/records?after=99999999999999999999, after"
    })
    void aWrongNumberIsToldWithItsField(String path, String field) throws Exception {
        JsonNode error = body(get("/api/v1" + path, member), 400).at("/errors/0");
        assertThat(error.get("field").asText()).isEqualTo(field);
        assertThat(error.get("mend").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "q=%00",
                "q=%27%3B--",
                "q=a&q=b",
                "q=%ff%fe",
                "experiment=%00",
                "experiment=a&experiment=b",
                "q=%24%7Bbody%7D",
                "CamelHttpMethod=DELETE&q=tooth",
                "q=" + "x"
            })
    void hostileQuestionsAreAnsweredAsQuestions(String query) throws Exception {
        assertThat(get("/api/v1/records?" + query, member).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "0", "1e3", "9223372036854775808", "%27", "..%2f1"})
    void aStrangeRecordIsNotFound(String path) throws Exception {
        assertThat(get("/api/v1/records/" + path, member).statusCode()).isEqualTo(404);
    }

    @Test
    void aTokenOpensTheSessionWithACookie() throws Exception {
        HttpResponse<byte[]> login = login(member, "http://ignored");
        assertThat(body(login, 200).get("username").asText()).isEqualTo("mara");
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("; HttpOnly").contains("; SameSite=Strict").contains("; Path=/");
        assertThat(cookie).doesNotContain("Secure");
        String pair = cookie.substring(0, cookie.indexOf(';'));
        JsonNode me = body(send(request("/api/v1/me", null).header("Cookie", "a=b; " + pair + "; c=d")), 200);
        assertThat(me.get("operator").asBoolean()).isFalse();

        HttpResponse<byte[]> logout = send(request("/api/v1/logout", null).POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(logout.headers().firstValue("Set-Cookie").orElseThrow()).contains("lightpipe-token=;", "Max-Age=0");
        assertThat(logout.statusCode()).isEqualTo(200);
    }

    @Test
    void behindHttpsTheCookieIsSecure() throws Exception {
        HttpResponse<byte[]> login = send(request("/api/v1/login", null)
                .header("X-Forwarded-Proto", "https")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + member + "\"}")));
        assertThat(login.headers().firstValue("Set-Cookie").orElseThrow()).contains("; Secure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"token\":5}", "{\"token\":null}", "{", "token=x"})
    void aLoginWithoutATokenIsToldWhatToSend(String sent) throws Exception {
        HttpResponse<byte[]> answer = send(request("/api/v1/login", null)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(sent)));
        assertThat(body(answer, 400).at("/errors/0/field").asText()).isEqualTo("token");
    }

    @Test
    void aLoginFromAFormIsRefused() throws Exception {
        HttpResponse<byte[]> answer = send(request("/api/v1/login", null)
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"token\":\"" + member + "\"}")));
        assertThat(answer.statusCode()).isEqualTo(415);
    }

    @Test
    void tooManyFailedLoginsMustWait() throws Exception {
        clock.advance(Duration.ofMinutes(2));
        for (int i = 0; i < 10; i++) {
            assertThat(login("B".repeat(43), null).statusCode()).isEqualTo(401);
        }
        assertThat(login(member, null).statusCode()).isEqualTo(429);
        assertThat(get("/api/v1/me", member).statusCode()).isEqualTo(200);
        clock.advance(Duration.ofMinutes(2));
        assertThat(login(member, null).statusCode()).isEqualTo(200);
    }

    @Test
    void anExpiredTokenOpensNothing() throws Exception {
        String brief = hub.access().create("mara", false, Duration.ofSeconds(30));
        assertThat(get("/api/v1/me", brief).statusCode()).isEqualTo(200);
        assertThat(login(brief, null).headers().firstValue("Set-Cookie").orElseThrow())
                .containsPattern("Max-Age=(30|29);");
        clock.advance(Duration.ofSeconds(31));
        assertThat(get("/api/v1/me", brief).statusCode()).isEqualTo(401);
        assertThat(login(brief, null).statusCode()).isEqualTo(401);
    }

    @Test
    void theDatabaseDoesNotHoldTheToken() {
        assertThat(catalog.jdbc().queryForList("select hash from token", String.class))
                .isNotEmpty()
                .allMatch(hash -> hash.matches("[0-9a-f]{64}"))
                .doesNotContain(member);
    }

    @Test
    void aPageOfAnotherSiteCannotActInTheUsersName() throws Exception {
        String cookie = "lightpipe-token=" + operator;
        for (String[] header : new String[][] {
            {"Origin", "http://127.0.0.1:1"}, {"Origin", "null"}, {"Origin", "%%"}, {"Sec-Fetch-Site", "same-site"}
        }) {
            assertThat(send(post("/api/v1/test/operator")
                                    .header("Cookie", cookie)
                                    .header(header[0], header[1]))
                            .statusCode())
                    .isEqualTo(403);
        }
        String own = "http://127.0.0.1:" + hub.address().getPort();
        assertThat(send(post("/api/v1/test/operator").header("Cookie", cookie).header("Origin", own))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(post("/api/v1/test/operator").header("Cookie", cookie)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void onlyAnOperatorPassesTheOperatorsDoor() throws Exception {
        assertThat(send(post("/api/v1/test/operator").header("Authorization", "Bearer " + member))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(post("/api/v1/test/operator").header("Authorization", "bearer  " + operator))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void headersOfCamelStayOutsideAndTheRequestsDoNotComeBack() throws Exception {
        headersInside.clear();
        HttpResponse<byte[]> answer = send(request("/api/v1/test/operator?CamelFileName=q&camelx=q", null)
                .header("Authorization", "Bearer " + operator)
                .header("CamelHttpResponseCode", "299")
                .header("CAMELFileName", "x")
                .header("Set-Cookie", "evil=1")
                .header("Cookie", "secret=1")
                .header("X-Mine", "1")
                .POST(HttpRequest.BodyPublishers.ofString("CamelExecCommand=q")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(headersInside)
                .anyMatch("x-mine"::equalsIgnoreCase)
                .noneMatch(name -> name.toLowerCase(Locale.ROOT).matches("camel(filename|x|exec.*)"))
                .doesNotContain("CamelHttpResponseCode");
        assertThat(answer.headers().map().keySet())
                .extracting(name -> name.toLowerCase(Locale.ROOT))
                .doesNotContain("authorization", "cookie", "set-cookie", "x-mine");
    }

    @Test
    void whatBreaksInsideStaysInside() throws Exception {
        HttpResponse<byte[]> answer = send(post("/api/v1/test/broken"));
        assertThat(body(answer, 500).at("/errors/0/problem").asText())
                .doesNotContain("password")
                .contains("log");
        assertThat(body(send(post("/api/v1/test/conflict")), 409)
                        .at("/errors/0/problem")
                        .asText())
                .isEqualTo("It is there already.");
    }

    @ParameterizedTest
    @CsvSource({
        "/, text/html; charset=utf-8",
        "/portal/main.js, text/javascript; charset=utf-8",
        "/portal/style.css, text/css; charset=utf-8",
        "/portal/icon.svg, image/svg+xml"
    })
    void thePageIsServedToEverybody(String path, String type) throws Exception {
        HttpResponse<byte[]> answer = get(path, null);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");
        String tag = answer.headers().firstValue("ETag").orElseThrow();
        assertThat(send(request(path, null).header("If-None-Match", tag)).statusCode())
                .isEqualTo(304);
    }

    @Test
    void everythingThatThePageNamesIsServed() throws Exception {
        for (Path file : Files.list(HOME.resolve("portal")).toList()) {
            assertThat(get("/portal/" + file.getFileName(), null).statusCode())
                    .as(file.toString())
                    .isEqualTo(200);
        }
        assertThat(text(get("/", null))).doesNotContain("<style", "style=", "onclick", "http://", "https://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/portal/../routes/7-publish.camel.yaml",
                "/portal/../config/application.properties",
                "/portal/%2e%2e/routes/sql/claim-publish.sql",
                "/portal/..%2fpom.xml",
                "/portal/..%252fpom.xml",
                "/portal//etc/passwd",
                "/portal/%2fetc%2fpasswd",
                "/portal/..\\pom.xml",
                "/portal/%00.js",
                "/portal/main.js%00.png",
                "/portal/.hidden.js",
                "/portal/",
                "/portal",
                "/portal/none.js",
                "/portal/main.js/",
                "/portal/main.js/x.js",
            })
    void nothingElseIsServed(String path) throws Exception {
        // over a bare socket, because clients tidy such paths up
        String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).matches("(?s)HTTP/1.1 (404|400|403) .*").doesNotContain("root:", "<project", "update pub");
    }

    private void awaitState(long dataset, String state) {
        await().atMost(Duration.ofSeconds(20)).until(() -> state(dataset).equals(state));
    }

    private String state(long dataset) {
        return catalog.jdbc()
                .queryForObject("select state from publication where dataset_id = ?", String.class, dataset);
    }

    private String raw(String request) throws Exception {
        try (Socket socket = new Socket("127.0.0.1", hub.address().getPort())) {
            socket.setSoTimeout(10_000);
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private HttpResponse<byte[]> login(String token, String note) throws Exception {
        String sent = json.writeValueAsString(
                json.createObjectNode().put("token", token).put("note", note));
        return send(request("/api/v1/login", null)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(sent)));
    }

    private HttpResponse<byte[]> get(String path, String token) throws Exception {
        return send(request(path, token));
    }

    private HttpRequest.Builder post(String path) {
        return request(path, null).POST(HttpRequest.BodyPublishers.noBody());
    }

    private HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(hub.address() + path)).timeout(Duration.ofSeconds(20));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private JsonNode body(HttpResponse<byte[]> answer, int status) throws Exception {
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        return json.readTree(answer.body());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    /** Routes with the same doors and answers as the hub's own, to look at what comes in. */
    private static final class ShowHeaders extends RouteBuilder {

        private final List<String> headers;

        ShowHeaders(List<String> headers) {
            this.headers = headers;
        }

        @Override
        public void configure() {
            from("platform-http:/api/v1/test/operator?httpMethodRestrict=POST")
                    .routeConfigurationId("answer-errors")
                    .process(exchange ->
                            headers.addAll(exchange.getMessage().getHeaders().keySet()))
                    .bean("access", "operator")
                    .bean("access", "me")
                    .bean("answer", "json");
            from("platform-http:/api/v1/test/broken?httpMethodRestrict=POST")
                    .routeConfigurationId("answer-errors")
                    .throwException(new IllegalStateException("the password is 1234"));
            from("platform-http:/api/v1/test/conflict?httpMethodRestrict=POST")
                    .routeConfigurationId("answer-errors")
                    .throwException(new ConflictException("It is there already."));
        }
    }

    /** Time that passes when the test says so. */
    private static final class AdvancingClock extends Clock {

        private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

        void advance(Duration time) {
            now.updateAndGet(instant -> instant.plus(time));
        }

        @Override
        public Instant instant() {
            return now.get();
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
