package org.lightpipe.hub.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.lightpipe.hub.LocalHub;

/** Talks to the hub that uses a state directory, through its public API, as its operator. */
public final class HubClient {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final ObjectMapper json = new ObjectMapper();
    private final String url;
    private final String token;

    /** The hub said no, in words. */
    public static final class Refused extends RuntimeException {
        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        public int status() {
            return status;
        }
    }

    private HubClient(String url, String token) {
        this.url = url;
        this.token = token;
    }

    /**
     * The hub of a state directory.
     *
     * @throws IllegalStateException when none runs there
     */
    public static HubClient of(Path state) throws IOException {
        String url = LocalHub.url(state)
                .orElseThrow(() -> new IllegalStateException(
                        "no hub runs on " + state + "; start one with ./lightpipe run, or say --state"));
        try {
            return new HubClient(url, LocalHub.operatorToken(state));
        } catch (AccessDeniedException e) {
            throw new IllegalStateException("only the user who runs the hub may steer it from the command line: "
                    + e.getFile() + " cannot be read");
        } catch (NoSuchFileException e) {
            throw new IllegalStateException("the hub on " + state + " is still starting");
        }
    }

    /** The same hub, asked by somebody else. */
    public HubClient as(String otherToken) {
        return new HubClient(url, otherToken);
    }

    public String url() {
        return url;
    }

    /** Answer to a GET. @throws Refused when the hub says no */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path).GET());
    }

    /** Answer to a GET, as it is. @throws Refused when the hub says no */
    public byte[] bytes(String path) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = http.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() != 200) {
            throw new Refused(answer.statusCode(), path + ": " + answer.statusCode());
        }
        return answer.body();
    }

    /** Answer to a POST. @throws Refused when the hub says no */
    public JsonNode post(String path, String body) throws IOException, InterruptedException {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Answer to a DELETE. @throws Refused when the hub says no */
    public JsonNode delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE());
    }

    /** A value as part of a path or query. */
    public static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new IllegalStateException("the hub at " + url + " does not answer", e);
        }
        if (answer.statusCode() / 100 == 2) {
            return answer.body().isBlank() ? json.nullNode() : json.readTree(answer.body());
        }
        throw new Refused(answer.statusCode(), reasons(answer));
    }

    private String reasons(HttpResponse<String> answer) {
        try {
            StringBuilder text = new StringBuilder();
            for (JsonNode error : json.readTree(answer.body()).path("errors")) {
                text.append(text.isEmpty() ? "" : System.lineSeparator()).append(words(error));
            }
            return text.isEmpty() ? "the hub answered " + answer.statusCode() : text.toString();
        } catch (IOException e) {
            return "the hub answered " + answer.statusCode();
        }
    }

    private static String words(JsonNode error) {
        StringBuilder text = new StringBuilder(error.path("source").asText(""));
        if (error.path("line").asInt(0) > 0) {
            text.append(':').append(error.path("line").asInt());
        }
        if (!text.isEmpty()) {
            text.append(": ");
        }
        if (!error.path("field").asText("").isEmpty()) {
            text.append(error.path("field").asText()).append(": ");
        }
        text.append(error.path("problem").asText());
        if (!error.path("mend").asText("").isEmpty()) {
            text.append(" (").append(error.path("mend").asText()).append(')');
        }
        return text.toString();
    }
}
