package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "permissions",
        mixinStandardHelpOptions = true,
        description = {
            "Compares group, mode and access control lists of an experiment's files with how they should be.",
            "check tells every deviation; restore mends them. The exit status is 1 where something is not right, and stays so."
        })
final class PermissionsCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 250;
    private static final long PROGRESS_NANOS = 5_000_000_000L;

    enum Action {
        CHECK,
        RESTORE
    }

    @Mixin
    private Where where;

    @Parameters(index = "0", paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}, in any case.")
    private Action action;

    @Parameters(index = "1", arity = "0..1", paramLabel = "EXPERIMENT", description = "Name of the experiment.")
    private String experiment;

    @Option(names = "--all", description = "Every experiment, in place of one.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (all == (experiment != null)) {
            throw new ParameterException(spec.commandLine(), "say the name of an experiment, or else --all");
        }
        HubClient hub = HubClient.of(where.state());
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("action", action.name().toLowerCase(Locale.ROOT));
        if (all) {
            request.put("all", true);
        } else {
            request.put("experiment", experiment);
        }
        boolean right = true;
        for (JsonNode walk : hub.post("/api/v1/permissions", new ObjectMapper().writeValueAsString(request))) {
            right &= follow(
                    hub, walk.path("id").asLong(), walk.path("experiment").asText());
        }
        return right ? 0 : 1;
    }

    /** Prints what a walk finds while it goes on. @return true when everything is right at its end */
    private boolean follow(HubClient hub, long id, String name) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        long after = 0;
        long told = System.nanoTime();
        while (true) {
            JsonNode walk = hub.get("/api/v1/permissions/" + id + "?after=" + after);
            for (JsonNode finding : walk.path("findings")) {
                after = finding.path("n").asLong();
                print(out, finding);
            }
            out.flush();
            String state = walk.path("state").asText();
            boolean ended = "DONE".equals(state) || "FAILED".equals(state);
            if (ended && walk.path("findings").isEmpty()) {
                summary(out, walk, name);
                return "DONE".equals(state) && walk.path("wrong").asLong() == 0;
            }
            if (System.nanoTime() - told > PROGRESS_NANOS) {
                told = System.nanoTime();
                err.println(name + ": " + waiting(walk, state));
                err.flush();
            }
            if (walk.path("findings").isEmpty()) {
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    private static String waiting(JsonNode walk, String state) {
        String reason = walk.path("reason").asText("");
        return "REQUESTED".equals(state)
                ? "waits" + (walk.path("reason").isNull() || reason.isEmpty() ? "" : ": " + reason)
                : walk.path("seen").asLong() + " looked at …";
    }

    private static void print(PrintWriter out, JsonNode finding) {
        out.print(finding.path("path").asText() + ": " + finding.path("what").asText() + " is "
                + finding.path("found").asText() + ", should be "
                + finding.path("wanted").asText());
        out.println(
                finding.path("trouble").isNull()
                        ? ""
                        : " — " + finding.path("trouble").asText());
    }

    private void summary(PrintWriter out, JsonNode walk, String name) {
        if ("FAILED".equals(walk.path("state").asText())) {
            out.println(name + ": " + walk.path("reason").asText());
        } else {
            out.println(name + ": " + walk.path("seen").asLong() + " looked at, "
                    + walk.path("wrong").asLong() + " not right"
                    + (action == Action.RESTORE ? ", " + walk.path("mended").asLong() + " mended" : ""));
            if (!walk.path("note").asText().isEmpty()) {
                out.println(name + ": " + walk.path("note").asText());
            }
        }
        out.flush();
    }
}
