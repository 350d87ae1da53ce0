package org.lightpipe.transfer.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.SourceStat;

/** What servers answer that nginx does not: digests, quotas, redirections, and every status. */
@Timeout(60)
class AnswersTest {

    private static final byte[] BYTES = "the bytes of the file".getBytes(StandardCharsets.UTF_8);

    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> refused = new ConcurrentHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private ExecutorService threads;
    private volatile Function<byte[], String> digest = bytes -> null;
    private volatile String redirect;
    private HttpServer server;

    @TempDir
    private Path detector;

    @BeforeEach
    void start() throws IOException {
        threads = Executors.newFixedThreadPool(4);
        server = server();
    }

    private HttpServer server() throws IOException {
        HttpServer one = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        one.setExecutor(threads);
        one.createContext("/", this::answer);
        one.start();
        open.add(() -> one.stop(0));
        return one;
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath();
            requests.add(exchange.getLocalAddress().getPort() + " " + method + " " + path + " "
                    + exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = exchange.getRequestBody().readAllBytes();
            Integer status = refused.get(method);
            if (status != null) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            if (redirect != null && !path.startsWith("/pool") && (method.equals("PUT") || method.equals("GET"))) {
                exchange.getResponseHeaders().set("Location", redirect + "/pool" + path);
                exchange.sendResponseHeaders(307, -1);
                return;
            }
            String name = path.replace("/pool", "");
            switch (method) {
                case "PUT" -> {
                    files.put(name, body);
                    exchange.sendResponseHeaders(201, -1);
                }
                case "GET" -> {
                    byte[] bytes = files.get(name);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                }
                case "HEAD" -> {
                    String text = digest.apply(files.get(name));
                    if (text != null) {
                        exchange.getResponseHeaders().set(text.split(": ")[0], text.split(": ")[1]);
                    }
                    exchange.sendResponseHeaders(200, -1);
                }
                case "PROPFIND" -> {
                    byte[] answer = """
                            <?xml version="1.0"?>
                            <D:multistatus xmlns:D="DAV:"><D:response><D:href>/</D:href><D:propstat><D:prop>
                            <D:quota-available-bytes>123456</D:quota-available-bytes></D:prop>
                            <D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>
                            """.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(207, answer.length);
                    exchange.getResponseBody().write(answer);
                }
                case "DELETE" -> {
                    files.remove(name);
                    exchange.sendResponseHeaders(204, -1);
                }
                default -> exchange.sendResponseHeaders(201, -1);
            }
        }
    }

    private HttpDestination destination(Proof proof, Map<String, String> settings) {
        TransferPolicy standard = TransferPolicy.standard();
        HttpDestination destination = new HttpDestination(new Storage(
                "far",
                "http://127.0.0.1:" + server.getAddress().getPort() + "/",
                Optional.empty(),
                02770,
                0640,
                new TransferPolicy(
                        4,
                        0,
                        standard.durability(),
                        proof,
                        Set.of(Digest.SHA256, Digest.MD5),
                        standard.keep(),
                        standard.share(),
                        0,
                        256),
                settings));
        open.add(destination);
        return destination;
    }

    private Outcome copy(HttpDestination destination) throws IOException {
        Path source = Files.write(detector.resolve("source"), BYTES);
        SourceStat stat = SourceStat.of(source);
        Item item = new Item(1, source, "d/a", "d/.a.part", stat.size(), stat.mtimeNs());
        return destination
                .copy(List.of(item), Meter.none())
                .toCompletableFuture()
                .join()
                .get(0);
    }

    private static String base64(String algorithm, byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean wasReadBack() {
        return requests.stream().anyMatch(request -> request.contains(" GET "));
    }

    @ParameterizedTest
    @CsvSource({"Repr-Digest,sha-256=:%s:", "Digest,SHA-256=%s", "Digest,'adler32=0d4a0c62,sha-256=%s'"})
    void theServersOwnSha256IsProof(String header, String value) throws IOException {
        digest = bytes -> header + ": " + value.formatted(base64("SHA-256", bytes));

        Outcome outcome = copy(destination(Proof.FAR, Map.of()));

        assertThat(outcome).isInstanceOf(Outcome.Proved.class);
        assertThat(((Outcome.Proved) outcome).provedBy()).isEqualTo("digest of the far side");
        assertThat(wasReadBack()).isFalse();
    }

    @Test
    void aServerWhoseDigestIsAnotherIsNotBelieved() throws IOException {
        digest = bytes -> "Repr-Digest: sha-256=:" + base64("SHA-256", new byte[1]) + ":";

        Outcome outcome = copy(destination(Proof.FAR, Map.of()));

        assertThat(((Outcome.Failed) outcome).cause())
                .hasMessageContaining("the server says that it holds something else");
        assertThat(files).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"adler32=0d4a0c62", "md5=%s", "sha-256=garbage", "nothing"})
    void aWeakerDigestIsNotEnough(String value) throws IOException {
        digest = bytes -> "Digest: " + value.formatted(base64("MD5", bytes));

        Outcome outcome = copy(destination(Proof.FAR, Map.of()));

        assertThat(((Outcome.Proved) outcome).provedBy()).isEqualTo("read back");
        assertThat(wasReadBack()).isTrue();
    }

    @Test
    void aWeakerDigestThatDiffersIsEnoughToRefuse() throws IOException {
        digest = bytes -> "Digest: md5=" + base64("MD5", new byte[1]);

        assertThat(copy(destination(Proof.FAR, Map.of()))).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void theFreeSpaceIsAskedFor() throws IOException {
        assertThat(destination(Proof.READ, Map.of()).free()).hasValue(123_456);
        refused.put("PROPFIND", 405);
        assertThat(destination(Proof.READ, Map.of()).free()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, 403, false, it forbids it",
        "PUT, 401, true, it wants to know who asks",
        "PUT, 404, false, the directory above is not there",
        "PUT, 413, false, the file is larger than it takes",
        "PUT, 423, false, somebody holds a lock",
        "PUT, 429, true, too many requests",
        "PUT, 500, true, something is wrong with the server",
        "PUT, 503, true, something is wrong with the server",
        "PUT, 507, true, it is full",
        "MKCOL, 403, false, it forbids it",
        "GET, 403, false, it forbids it"
    })
    void everyRefusalHasItsMessage(String method, int status, boolean ofStorage, String message) throws IOException {
        refused.put(method, status);

        Outcome.Failed failed = (Outcome.Failed) copy(destination(Proof.READ, Map.of()));

        assertThat(failed.cause())
                .hasMessageContaining("the server answers " + status + " to " + method)
                .hasMessageContaining(message);
        assertThat(failed.ofStorage()).isEqualTo(ofStorage);
        assertThat(files).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"405, true", "501, true", "403, false", "507, true"})
    void aRenameThatIsRefusedIsTold(int status, boolean ofStorage) throws IOException {
        HttpDestination destination = destination(Proof.READ, Map.of());
        Outcome.Proved proved = (Outcome.Proved) copy(destination);
        refused.put("MOVE", status);

        assertThat(destination.publish(List.of(proved))).singleElement().satisfies(failed -> {
            assertThat(failed.cause()).hasMessageContaining("the server answers " + status + " to MOVE");
            assertThat(failed.ofStorage()).isEqualTo(ofStorage);
        });
    }

    @Test
    void anotherHostIsOnlyGoneToWhenAllowedAndGetsNoCredentials() throws IOException {
        Path secret = Files.writeString(detector.resolve("authorization"), "Bearer abc");
        HttpServer pool = server();
        redirect = "http://127.0.0.1:" + pool.getAddress().getPort();

        Outcome refusedOutcome = copy(destination(Proof.READ, Map.of("authorizationFile", secret.toString())));

        assertThat(((Outcome.Failed) refusedOutcome).cause()).hasMessageContaining("set 'redirects: any'");
        requests.clear();
        Outcome outcome =
                copy(destination(Proof.READ, Map.of("authorizationFile", secret.toString(), "redirects", "any")));
        assertThat(outcome).isInstanceOf(Outcome.Proved.class);
        String port = pool.getAddress().getPort() + " ";
        assertThat(requests)
                .filteredOn(request -> request.startsWith(port))
                .containsExactly(port + "PUT /pool/d/.a.part null", port + "GET /pool/d/.a.part null");
        assertThat(requests)
                .filteredOn(request -> !request.startsWith(port))
                .isNotEmpty()
                .allMatch(request -> request.endsWith(" Bearer abc"));
    }

    @Test
    void aServerThatSendsTheHubInCirclesIsLeft() throws IOException {
        redirect = "http://127.0.0.1:" + server.getAddress().getPort() + "/x";

        assertThat(((Outcome.Failed) copy(destination(Proof.READ, Map.of()))).cause())
                .hasMessageContaining("from one place to the next");
    }
}
