package org.lightpipe.transfer.globus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Requests to Globus Transfer (version 0.10), with a token by the client's own credentials that is asked for again before
 * it expires, and when it is refused. Every request has a time-out. Thread-safe.
 */
final class GlobusApi implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration EARLIER = Duration.ofMinutes(1);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final GlobusSettings settings;
    private final Map<String, String> environment;
    private final Clock clock;
    private final ExecutorService threads;
    private final HttpClient client;
    private String token;
    private Instant expires = Instant.MIN;

    GlobusApi(GlobusSettings settings, String name, Map<String, String> environment, Clock clock) {
        this.settings = settings;
        this.environment = environment;
        this.clock = clock;
        this.threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "globus-" + name + "-http");
            thread.setDaemon(true);
            return thread;
        });
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT)
                .executor(threads)
                .build();
    }

    /**
     * @param path below {@code /v0.10/}
     * @throws GlobusFailure when it is refused or not answered
     * @throws InterruptedIOException when the thread is interrupted
     */
    JsonNode get(String path) throws IOException {
        return call("GET", path, null);
    }

    /** As {@link #get}, with a document. */
    JsonNode post(String path, JsonNode document) throws IOException {
        return call("POST", path, document);
    }

    private JsonNode call(String method, String path, JsonNode document) throws IOException {
        String used = token();
        HttpResponse<String> answer = send(method, path, document, used);
        if (answer.statusCode() == 401) {
            // It may have been withdrawn, or the clocks differ.
            forget(used);
            answer = send(method, path, document, token());
        }
        String what = method + " " + path.replaceFirst("\\?.*", "");
        JsonNode body = parsed(answer.body());
        if (answer.statusCode() / 100 != 2) {
            throw GlobusFailure.refused(
                    what,
                    answer.statusCode(),
                    body.path("code").asText(""),
                    body.path("message").asText(""));
        }
        return body;
    }

    private HttpResponse<String> send(String method, String path, JsonNode document, String bearer) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(settings.api() + "/v0.10/" + path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + bearer)
                .header("Content-Type", "application/json")
                .method(
                        method,
                        document == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(document.toString()))
                .build();
        return exchange(request, method + " " + path.replaceFirst("\\?.*", ""));
    }

    private HttpResponse<String> exchange(HttpRequest request, String what) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw GlobusFailure.unreachable(what, why, e);
        }
    }

    private synchronized void forget(String used) {
        if (used.equals(token)) {
            token = null;
        }
    }

    private synchronized String token() throws IOException {
        if (token != null && clock.instant().isBefore(expires.minus(EARLIER))) {
            return token;
        }
        String basic = Base64.getEncoder()
                .encodeToString((clientId() + ":" + clientSecret()).getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(settings.auth() + "/v2/oauth2/token"))
                .timeout(TIMEOUT)
                .header("Authorization", "Basic " + basic)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&scope="
                        + URLEncoder.encode(settings.scope(), StandardCharsets.UTF_8)))
                .build();
        HttpResponse<String> answer = exchange(request, "the request for a token");
        JsonNode body = parsed(answer.body());
        if (answer.statusCode() != 200) {
            // what is said beside the error could hold what was sent
            throw GlobusFailure.refused(
                    "the request for a token",
                    answer.statusCode(),
                    body.path("error").asText(""),
                    "");
        }
        JsonNode own = transferToken(body);
        token = own.path("access_token").asText("");
        expires = clock.instant().plusSeconds(own.path("expires_in").asLong(0));
        if (token.isEmpty()) {
            throw GlobusFailure.refused("the request for a token", 200, "", "there is no token in the answer");
        }
        return token;
    }

    /** There is one for each service that the scopes name. */
    private static JsonNode transferToken(JsonNode body) {
        for (JsonNode other : body.path("other_tokens")) {
            if (other.path("resource_server").asText().equals("transfer.api.globus.org")) {
                return other;
            }
        }
        return body;
    }

    private String clientId() throws IOException {
        return variable(settings.clientIdEnv(), "clientIdEnv");
    }

    private String clientSecret() throws IOException {
        if (settings.clientSecretFile().isPresent()) {
            return Files.readString(settings.clientSecretFile().get()).strip();
        }
        return variable(settings.clientSecretEnv().orElse(""), "clientSecretEnv");
    }

    private String variable(String name, String setting) throws IOException {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IOException("environment variable '" + name + "' (" + setting + " of the storage) is not set");
        }
        return value;
    }

    /** An error page of something in between is no JSON. */
    private static JsonNode parsed(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return node == null ? JsonNodeFactory.instance.objectNode() : node;
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
