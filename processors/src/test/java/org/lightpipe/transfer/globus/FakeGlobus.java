package org.lightpipe.transfer.globus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.lightpipe.core.Sha256;

/**
 * A fake: no real Globus is to be had by tests. It answers in the shapes that Globus Auth and Globus Transfer 0.10 answer
 * in, and copies files between two directories. What tests make it do: tasks that stay active, fail, find no file while
 * they stay active; answers that are lost; tokens that expire; errors of the server.
 */
final class FakeGlobus implements AutoCloseable {

    static final String CLIENT = "client-id";
    static final String SECRET = "client-secret";
    static final String SOURCE = "11111111-1111-4111-8111-111111111111";
    static final String DESTINATION = "22222222-2222-4222-8222-222222222222";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Path source;
    private final Path destination;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final Map<String, Task> tasks = new LinkedHashMap<>();
    private final Map<String, String> taskOfSubmission = new HashMap<>();
    private final Set<String> issued = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> failing = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<JsonNode> transfers = new CopyOnWriteArrayList<>();
    volatile boolean hold;
    volatile boolean loseAnswerToTransfer;
    volatile boolean corrupt;
    volatile boolean renameDoesNotReplace;
    volatile String failure = "";
    volatile String refusal = "";
    volatile boolean claimEverything;

    private static final class Task {
        private final String id = UUID.randomUUID().toString();
        private final JsonNode document;
        private final List<String[]> done = new ArrayList<>();
        private String status = "ACTIVE";
        private String nice = "Queued";
        private String details = "";
        private String fatal = "";
        private int skipped;

        Task(JsonNode document) {
            this.document = document;
        }
    }

    FakeGlobus(Path source, Path destination) throws IOException {
        this.source = source;
        this.destination = destination;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** So many of the next requests to a path that begins so are answered by an error of the server. */
    void fail(String path, int times) {
        failing.put(path, new AtomicInteger(times));
    }

    /** Tokens that were given are good no longer. */
    void expireTokens() {
        issued.clear();
    }

    long count(String request) {
        return requests.stream().filter(one -> one.startsWith(request)).count();
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            String path = exchange.getRequestURI().getPath().replace("/v0.10/", "");
            byte[] body = exchange.getRequestBody().readAllBytes();
            requests.add(method + " " + path);
            for (Map.Entry<String, AtomicInteger> one : failing.entrySet()) {
                if (path.startsWith(one.getKey()) && one.getValue().getAndDecrement() > 0) {
                    exchange.sendResponseHeaders(503, -1);
                    return;
                }
            }
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            if (path.equals("/v2/oauth2/token")) {
                token(exchange, authorization);
                return;
            }
            if (!issued.contains(authorization)) {
                answer(exchange, 401, error("AuthenticationFailed", "Token is not active"));
                return;
            }
            JsonNode document = body.length == 0 ? NODES.objectNode() : JSON.readTree(body);
            if (path.equals("submission_id")) {
                answer(
                        exchange,
                        200,
                        NODES.objectNode().put("value", UUID.randomUUID().toString()));
            } else if (path.equals("transfer") || path.equals("delete")) {
                submit(exchange, document);
            } else if (path.startsWith("task/")) {
                task(exchange, path.substring("task/".length()));
            } else {
                operation(exchange, path.replaceFirst(".*/", ""), document);
            }
        }
    }

    private void token(HttpExchange exchange, String authorization) throws IOException {
        String expected = "Basic "
                + java.util.Base64.getEncoder()
                        .encodeToString((CLIENT + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
        if (!expected.equals(authorization)) {
            answer(exchange, 401, NODES.objectNode().put("error", "invalid_client"));
            return;
        }
        String token = UUID.randomUUID().toString();
        issued.add("Bearer " + token);
        ObjectNode answer = NODES.objectNode()
                .put("access_token", "of another service")
                .put("resource_server", "auth.globus.org")
                .put("expires_in", 172800)
                .put("token_type", "Bearer");
        answer.putArray("other_tokens")
                .addObject()
                .put("access_token", token)
                .put("resource_server", "transfer.api.globus.org")
                .put("expires_in", 172800);
        answer(exchange, 200, answer);
    }

    private void submit(HttpExchange exchange, JsonNode document) throws IOException {
        boolean transfer = document.path("DATA_TYPE").asText().equals("transfer");
        if (transfer && !refusal.isEmpty()) {
            answer(exchange, 403, error(refusal, "refused by the test"));
            return;
        }
        if (transfer) {
            transfers.add(document);
        }
        String submission = document.path("submission_id").asText();
        String code = taskOfSubmission.containsKey(submission) ? "Duplicate" : "Accepted";
        Task task = code.equals("Duplicate") ? tasks.get(taskOfSubmission.get(submission)) : new Task(document);
        tasks.put(task.id, task);
        taskOfSubmission.put(submission, task.id);
        if (transfer && loseAnswerToTransfer) {
            return;
        }
        answer(
                exchange,
                202,
                NODES.objectNode()
                        .put("DATA_TYPE", transfer ? "transfer_result" : "delete_result")
                        .put("code", code)
                        .put("task_id", task.id)
                        .put("submission_id", submission)
                        .put("message", "The transfer has been accepted")
                        .put("request_id", "abc"));
    }

    private void task(HttpExchange exchange, String path) throws IOException {
        String[] parts = path.split("/");
        Task task = tasks.get(parts[0]);
        if (task == null) {
            answer(exchange, 404, error("TaskNotFound", "no such task"));
            return;
        }
        if (parts.length == 1) {
            if (task.status.equals("ACTIVE")) {
                work(task);
            }
            ObjectNode answer = NODES.objectNode()
                    .put("DATA_TYPE", "task")
                    .put("task_id", task.id)
                    .put("status", task.status)
                    .put("nice_status", task.nice)
                    .put("nice_status_details", task.details)
                    .put("files_skipped", task.skipped)
                    .put("files_transferred", task.done.size());
            if (!task.fatal.isEmpty()) {
                answer.putObject("fatal_error").put("code", task.fatal).put("description", task.details);
            }
            answer(exchange, 200, answer);
            return;
        }
        switch (parts[1]) {
            case "successful_transfers" -> successes(exchange, task);
            case "event_list" -> {
                ObjectNode answer = NODES.objectNode();
                answer.putArray("DATA").addObject().put("is_error", true).put("details", task.details);
                answer(exchange, 200, answer);
            }
            case "cancel" -> {
                task.status = "FAILED";
                task.fatal = "CANCELED";
                answer(exchange, 200, NODES.objectNode().put("code", "Canceled"));
            }
            default -> answer(exchange, 404, error("NotFound", path));
        }
    }

    /** Two to a page, so that there is more than one. */
    private void successes(HttpExchange exchange, Task task) throws IOException {
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        int from = query.contains("marker=") ? Integer.parseInt(query.replaceFirst(".*marker=", "")) : 0;
        ObjectNode answer = NODES.objectNode().put("DATA_TYPE", "successful_transfers");
        ArrayNode data = answer.putArray("DATA");
        for (String[] one : task.done.subList(from, Math.min(task.done.size(), from + 2))) {
            data.addObject()
                    .put("DATA_TYPE", "successful_transfer")
                    .put("source_path", one[0])
                    .put("destination_path", one[1]);
        }
        if (from + 2 < task.done.size()) {
            answer.put("next_marker", Integer.toString(from + 2));
        } else {
            answer.putNull("next_marker");
        }
        answer(exchange, 200, answer);
    }

    private void work(Task task) throws IOException {
        boolean transfer = task.document.path("DATA_TYPE").asText().equals("transfer");
        if (!transfer) {
            for (JsonNode item : task.document.path("DATA")) {
                Files.deleteIfExists(at(destination, item.path("path").asText()));
            }
            task.status = "SUCCEEDED";
            return;
        }
        if (hold) {
            task.nice = "OK";
            return;
        }
        if (!failure.isEmpty()) {
            task.status = "FAILED";
            task.fatal = failure;
            task.details = "told to by the test";
            return;
        }
        task.done.clear();
        if (!claimEverything) {
            for (JsonNode item : task.document.path("DATA")) {
                if (!copy(task, item)) {
                    return;
                }
            }
        }
        task.status = "SUCCEEDED";
        task.nice = "OK";
    }

    private boolean copy(Task task, JsonNode item) throws IOException {
        Path from = at(source, item.path("source_path").asText());
        Path to = at(destination, item.path("destination_path").asText());
        String checksum = item.path("external_checksum").asText();
        if (!Files.exists(from)) {
            // The task stays active: it tries again until its deadline.
            task.nice = "FILE_NOT_FOUND";
            task.details =
                    "Error (open)\nCommand: RETR " + item.path("source_path").asText() + "\nMessage: no such file";
            return false;
        }
        if (Files.exists(to) && Sha256.of(to).digest().equals(checksum)) {
            task.skipped++;
            return true;
        }
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        if (corrupt || !Sha256.of(to).digest().equals(checksum)) {
            task.status = "FAILED";
            task.fatal = "VERIFY_CHECKSUM";
            task.details = "checksum verification failed: "
                    + item.path("destination_path").asText();
            return false;
        }
        task.done.add(new String[] {
            item.path("source_path").asText(), item.path("destination_path").asText()
        });
        return true;
    }

    private void operation(HttpExchange exchange, String operation, JsonNode document) throws IOException {
        switch (operation) {
            case "mkdir" -> {
                Path directory = at(destination, document.path("path").asText());
                if (Files.exists(directory)) {
                    answer(exchange, 502, error("ExternalError.MkdirFailed.Exists", "Path already exists"));
                } else {
                    Files.createDirectory(directory);
                    answer(exchange, 202, NODES.objectNode().put("code", "DirectoryCreated"));
                }
            }
            case "rename" -> {
                Path from = at(destination, document.path("old_path").asText());
                Path to = at(destination, document.path("new_path").asText());
                if (!Files.exists(from)) {
                    answer(exchange, 404, error("ClientError.NotFound", "Path not found"));
                } else if (renameDoesNotReplace && Files.exists(to)) {
                    answer(exchange, 502, error("ExternalError.RenameFailed.Exists", "Path already exists"));
                } else {
                    Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
                    answer(exchange, 200, NODES.objectNode().put("code", "FileRenamed"));
                }
            }
            case "stat" -> {
                String query = exchange.getRequestURI().getRawQuery();
                Path file = at(destination, URLDecoder.decode(query.replaceFirst("path=", ""), StandardCharsets.UTF_8));
                if (Files.exists(file)) {
                    answer(exchange, 200, NODES.objectNode().put("type", "file").put("size", Files.size(file)));
                } else {
                    answer(exchange, 404, error("ClientError.NotFound", "no such file"));
                }
            }
            default -> answer(exchange, 404, error("ClientError.NotFound", operation));
        }
    }

    private static Path at(Path root, String path) {
        return root.resolve(path.substring(1));
    }

    private static ObjectNode error(String code, String message) {
        return NODES.objectNode().put("code", code).put("message", message).put("request_id", "abc");
    }

    private static void answer(HttpExchange exchange, int status, JsonNode body) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(body);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
