package org.lightpipe.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A real Chromium, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final Path profile;
    private final ObjectMapper json = new ObjectMapper();
    private final AtomicInteger number = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final WebSocket page;

    Browser(Path program, Path profile) throws Exception {
        this.profile = profile;
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--window-size=1280,900",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolveSibling("browser.log").toFile())
                .start();
        HttpClient http = HttpClient.newHttpClient();
        HttpRequest targets = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/json/list"))
                .build();
        String address = "";
        for (JsonNode target : json.readTree(
                http.send(targets, HttpResponse.BodyHandlers.ofString()).body())) {
            if (target.path("type").asText().equals("page")) {
                address = target.path("webSocketDebuggerUrl").asText();
            }
        }
        page = http.newWebSocketBuilder()
                .buildAsync(URI.create(address), new Listener())
                .get();
        for (String domain : List.of("Runtime", "Log", "Page", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    private String port() throws IOException, InterruptedException {
        Path file = profile.resolve("DevToolsActivePort");
        for (int i = 0; i < PATIENCE_SECONDS * 10; i++) {
            if (Files.exists(file) && !Files.readAllLines(file).isEmpty()) {
                return Files.readAllLines(file).get(0);
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException(
                "the browser did not start: " + Files.readString(profile.resolveSibling("browser.log")));
    }

    void open(String url) throws Exception {
        call("Page.navigate", Map.of("url", url));
    }

    /** Value of an expression in the page. */
    JsonNode evaluate(String expression) throws Exception {
        return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true))
                .path("result")
                .path("value");
    }

    /** All that a person at the page could read. */
    String text() throws Exception {
        return evaluate("document.body?.innerText ?? ''").asText();
    }

    /** Types into a field, key by key as far as the page can tell. */
    void type(String selector, String text) throws Exception {
        evaluate("document.querySelector('" + selector + "').focus()");
        call("Input.insertText", Map.of("text", text));
    }

    void click(String selector) throws Exception {
        evaluate("document.querySelector('" + selector + "').click()");
    }

    void screenshot(Path file) throws Exception {
        Files.write(
                file,
                Base64.getDecoder()
                        .decode(call("Page.captureScreenshot", Map.of())
                                .path("data")
                                .asText()));
    }

    /** What the page's console has complained of. */
    List<String> errors() {
        return List.copyOf(errors);
    }

    private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
        int id = number.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        ObjectNode request = json.createObjectNode().put("id", id).put("method", method);
        request.set("params", json.valueToTree(parameters));
        page.sendText(request.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        JsonNode message = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (message.has("error") || message.path("result").has("exceptionDetails")) {
            throw new IllegalStateException(method + ": " + message);
        }
        return message.path("result");
    }

    private void received(JsonNode message) {
        if (message.has("id")) {
            answers.remove(message.path("id").asInt()).complete(message);
            return;
        }
        JsonNode parameters = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> errors.add(parameters.toString());
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "assert", "warning")
                        .contains(parameters.path("type").asText())) {
                    errors.add(parameters.path("args").toString());
                }
            }
            case "Log.entryAdded" -> {
                JsonNode entry = parameters.path("entry");
                if (entry.path("level").asText().equals("error")) {
                    errors.add(entry.path("text").asText() + " "
                            + entry.path("url").asText());
                }
            }
            default -> {
                // Nothing else is asked of the page.
            }
        }
    }

    @Override
    public void close() {
        page.abort();
        List<ProcessHandle> all = Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
        process.destroy();
        // They write to the profile, which is deleted next.
        all.forEach(one -> {
            one.onExit().completeOnTimeout(one, 10, TimeUnit.SECONDS).join();
            one.destroyForcibly();
        });
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                try {
                    received(json.readTree(text.toString()));
                } catch (IOException e) {
                    errors.add(e.toString());
                }
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }
    }
}
