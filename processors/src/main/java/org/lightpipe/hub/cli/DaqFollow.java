package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import org.lightpipe.hub.client.HubClient;

/** Shows a monitor or an upload, once or until it has ended and nothing of it waits any more. */
final class DaqFollow {

    private static final long LEAST_PAUSE_MILLIS = 500;

    /** Counting a million files takes the hub a moment: it is left alone for longer than it takes. */
    private static final int PAUSES = 5;

    private final HubClient hub;
    private final long id;
    private final PrintWriter out;

    DaqFollow(HubClient hub, long id, PrintWriter out) {
        this.hub = hub;
        this.id = id;
        this.out = out;
    }

    JsonNode ask() throws IOException, InterruptedException {
        return hub.get("/api/v1/daqs/" + id);
    }

    void show(JsonNode daq) {
        out.printf("%-12s %s%n", kind(daq), id);
        out.printf("%-12s %s%n", "experiment", daq.path("experiment").asText());
        out.printf("%-12s %s%n", "directory", Shown.name(daq.path("directory").asText()));
        out.printf(
                "%-12s %s%s%n",
                "state",
                daq.path("state").asText(),
                daq.path("stopped_reason").isTextual()
                        ? ", " + daq.path("stopped_reason").asText() + ", " + Shown.time(daq.path("stopped_at"))
                        : "");
        out.printf(
                "%-12s %s by %s%n",
                "started",
                Shown.time(daq.path("started_at")),
                daq.path("started_by").asText());
        if (!daq.path("options").isEmpty()) {
            out.printf("%-12s %s%n", "options", daq.path("options"));
        }
        out.printf(
                "%-12s %d files, %s%n",
                "found",
                daq.path("found").asLong(),
                Shown.bytes(daq.path("bytes").asLong()));
        for (String count : new String[] {"waiting", "stored", "catalogued", "changed", "held"}) {
            out.printf("%-12s %d%n", count, daq.path(count).asLong());
        }
        out.printf(
                "%-12s %s/s over the last minute%n",
                "rate", Shown.bytes(daq.path("rate").asLong()));
        held(daq, out);
        out.flush();
    }

    static void held(JsonNode daq, PrintWriter to) {
        for (JsonNode file : daq.path("heldFiles")) {
            to.printf(
                    "held by %s: %d %s: %s%n",
                    file.path("step").asText(),
                    file.path("id").asLong(),
                    Shown.name(file.path("path").asText()),
                    Shown.name(file.path("reason").asText()));
        }
        long more = daq.path("held").asLong() - daq.path("heldFiles").size();
        if (more > 0) {
            to.println("and " + more + " more; ./lightpipe held tells why");
        }
        to.flush();
    }

    private static String kind(JsonNode daq) {
        return "UPLOAD".equals(daq.path("kind").asText()) ? "upload" : "monitor";
    }

    /** Files of it that are still on their way. */
    static long onTheirWay(JsonNode daq) {
        return daq.path("waiting").asLong() + daq.path("stored").asLong();
    }

    static boolean isRunning(JsonNode daq) {
        return "RUNNING".equals(daq.path("state").asText());
    }

    /** Shows it live until it has ended and all of its files are catalogued or held; answers how it stands then. */
    JsonNode follow() throws IOException, InterruptedException {
        try (Progress progress = new Progress("files", out)) {
            while (true) {
                long begin = System.nanoTime();
                JsonNode daq = ask();
                long took = (System.nanoTime() - begin) / 1_000_000;
                progress.at(
                        daq.path("catalogued").asLong(),
                        daq.path("found").asLong(),
                        String.format(
                                "catalogued, %d waiting, %d stored, %d held, %s, %s/s",
                                daq.path("waiting").asLong(),
                                daq.path("stored").asLong(),
                                daq.path("held").asLong(),
                                Shown.bytes(daq.path("bytes").asLong()),
                                Shown.bytes(daq.path("rate").asLong())));
                if (!isRunning(daq) && onTheirWay(daq) == 0) {
                    return daq;
                }
                Thread.sleep(Math.max(LEAST_PAUSE_MILLIS, took * PAUSES));
            }
        }
    }
}
