package org.lightpipe.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/** {@code hub.json} in the state directory: where a hub on this machine answers. */
final class HubFile {

    private final Path file;
    private final ObjectMapper json = new ObjectMapper();

    HubFile(Path state) {
        this.file = state.resolve("hub.json");
    }

    void write(String url) throws IOException {
        Path temporary = file.resolveSibling(".hub.json.part");
        json.writeValue(
                temporary.toFile(),
                Map.of("url", url, "pid", ProcessHandle.current().pid()));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    void remove() throws IOException {
        Files.deleteIfExists(file);
    }

    /** Address of the hub that uses this state directory, if one does. */
    Optional<String> url() throws IOException {
        return process().isPresent() ? Optional.of(content().path("url").asText()) : Optional.empty();
    }

    /** The process of the hub that uses this state directory, if one does. */
    Optional<ProcessHandle> process() throws IOException {
        return Files.exists(file)
                ? ProcessHandle.of(content().path("pid").asLong(-1)).filter(ProcessHandle::isAlive)
                : Optional.empty();
    }

    private JsonNode content() throws IOException {
        return json.readTree(file.toFile());
    }
}
