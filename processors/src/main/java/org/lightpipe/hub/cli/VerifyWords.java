package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Set;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Asks the hub for a comparison of storage with the catalog, and shows it. */
final class VerifyWords {

    private static final long PAUSE_MILLIS = 500;
    private static final Set<String> UNDER_WAY = Set.of("REQUESTED", "RUNNING");

    @Option(
            names = "--rate",
            paramLabel = "BYTES/s",
            description = "Reads so much a second at most, such as 100MB/s; 0 for no limit (default: as the hub is"
                    + " configured).")
    private String rate;

    @Option(names = "--background", description = "Only asks for it; ./lightpipe verify --show tells how it stands.")
    private boolean background;

    @Option(names = "--json", description = "Prints what is wrong for machines, one JSON object a line.")
    private boolean json;

    int run(HubClient hub, FileScopeWord scope, CommandLine command) throws IOException, InterruptedException {
        ObjectNode request = new ObjectMapper().createObjectNode();
        if (!scope.experiment().isEmpty()) {
            request.put("experiment", scope.experiment());
        }
        if (!scope.path().isEmpty()) {
            request.put("path", scope.path());
        }
        MonitorWords.put(request, "rate", rate);
        JsonNode verification = hub.post("/api/v1/verifications", request.toString());
        long id = verification.path("id").asLong();
        command.getErr().println("verification " + id + " is under way");
        command.getErr().flush();
        return background ? 0 : follow(hub, id, command);
    }

    /** Shows it until it has ended, and then what it has found. */
    int follow(HubClient hub, long id, CommandLine command) throws IOException, InterruptedException {
        JsonNode verification;
        try (Progress progress = new Progress("verify", command.getErr())) {
            while (true) {
                verification = hub.get("/api/v1/verifications/" + id);
                progress.at(
                        verification.path("checkedFiles").asLong(),
                        verification.path("totalFiles").asLong(),
                        "files compared, "
                                + Shown.bytes(verification.path("checkedBytes").asLong()) + " of "
                                + Shown.bytes(verification.path("totalBytes").asLong()) + " are well, "
                                + verification.path("problems").asLong() + " problems"
                                + (verification.path("reason").isTextual()
                                        ? ", waits: "
                                                + verification.path("reason").asText()
                                        : ""));
                if (!UNDER_WAY.contains(verification.path("state").asText())) {
                    break;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return report(hub, verification, command);
    }

    private int report(HubClient hub, JsonNode verification, CommandLine command)
            throws IOException, InterruptedException {
        PrintWriter out = command.getOut();
        long id = verification.path("id").asLong();
        long problems = verification.path("problems").asLong();
        if (problems > 0) {
            problems(hub, id, out);
        }
        boolean done = "DONE".equals(verification.path("state").asText());
        PrintWriter err = command.getErr();
        if (done
                && !verification.path("path").asText().isEmpty()
                && verification.path("totalFiles").asLong() == 0) {
            // A path that is not there is a slip of the pen, and no proof that all is well.
            err.println("nothing is stored at or below "
                    + Shown.name(verification.path("experiment").asText() + "/"
                            + verification.path("path").asText()));
            err.flush();
            return 1;
        }
        if (!done) {
            err.println("verification " + id + " is not through: "
                    + verification
                            .path("reason")
                            .asText(verification.path("state").asText()));
        }
        err.println(verification.path("checkedFiles").asLong() + " files compared, "
                + (problems == 0 ? "nothing is wrong" : problems + " problems")
                + (verification.path("skippedFiles").asLong() > 0
                        ? "; " + verification.path("skippedFiles").asLong()
                                + " files were not compared: they changed meanwhile, or their storage"
                                + " cannot be read from here"
                        : ""));
        err.flush();
        boolean nothing = verification.path("checkedFiles").asLong() == 0
                && verification.path("skippedFiles").asLong() > 0;
        return done && problems == 0 && !nothing ? 0 : 1;
    }

    private void problems(HubClient hub, long id, PrintWriter out) throws IOException, InterruptedException {
        if (!json) {
            out.printf("%-10s %-16s %s%n", "problem", "storage", "file");
        }
        String after = "";
        do {
            JsonNode page = hub.get("/api/v1/verifications/" + id + "/rot?limit=1000" + after);
            for (JsonNode rot : page.path("problems")) {
                if (json) {
                    out.println(rot);
                } else {
                    out.printf(
                            "%-10s %-16s %s: %s%n",
                            rot.path("kind").asText(),
                            rot.path("storage").asText(),
                            Shown.name(rot.path("experiment").asText() + "/"
                                    + rot.path("path").asText()),
                            Shown.name(rot.path("detail").asText()));
                }
            }
            after = page.path("next").isNumber() ? "&after=" + page.path("next").asLong() : "";
        } while (!after.isEmpty() && !out.checkError());
        out.flush();
    }
}
