package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import org.lightpipe.hub.client.HubClient;

/** Prints files page by page as they come: a list of ten million begins at once and is never held in memory. */
final class FilePages {

    private static final int PAGE = 2000;

    private final HubClient hub;
    private final PrintWriter out;
    private final boolean table;
    private final boolean json;
    private final boolean withExperiment;

    /**
     * @param table size, state, times and digest of each; else names alone
     * @param json one JSON object a line instead
     * @param withExperiment names begin with the experiment
     */
    FilePages(HubClient hub, PrintWriter out, boolean table, boolean json, boolean withExperiment) {
        this.hub = hub;
        this.out = out;
        this.table = table;
        this.json = json;
        this.withExperiment = withExperiment;
    }

    /** Prints what matches; answers how many files that were. */
    long print(String query) throws IOException, InterruptedException {
        if (table && !json) {
            out.printf(
                    "%-12s %10s  %-19s  %-19s  %-19s  %-64s  %s%n",
                    "state", "size", "found", "stored", "catalogued", "sha-256", "name");
        }
        long count = 0;
        String after = "";
        do {
            JsonNode page = hub.get("/api/v1/files?" + query + "&limit=" + PAGE + after);
            for (JsonNode file : page.path("files")) {
                print(file);
                count++;
            }
            after = page.path("next").isTextual()
                    ? "&after=" + HubClient.encoded(page.path("next").asText())
                    : "";
            // True when nobody reads any more: | head
        } while (!after.isEmpty() && !out.checkError());
        out.flush();
        return count;
    }

    private void print(JsonNode file) {
        if (json) {
            out.println(file);
            return;
        }
        String name = Shown.name((withExperiment ? file.path("experiment").asText() + "/" : "")
                + file.path("path").asText());
        if (!table) {
            out.println(name);
            return;
        }
        String trouble = file.path("rot").isTextual()
                ? file.path("rot").asText()
                : file.path("reason").asText("");
        out.printf(
                "%-12s %10s  %-19s  %-19s  %-19s  %-64s  %s%s%n",
                file.path("state").asText(),
                Shown.bytes(file.path("size").asLong()),
                Shown.time(file.path("detectedAt")),
                Shown.time(file.path("storedAt")),
                Shown.time(file.path("cataloguedAt")),
                file.path("digest").asText("-"),
                name,
                trouble.isEmpty() || "null".equals(trouble) ? "" : "  (" + Shown.name(trouble) + ")");
    }
}
