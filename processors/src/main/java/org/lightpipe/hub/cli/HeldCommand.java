package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "held",
        mixinStandardHelpOptions = true,
        description = "Tells what is held for a person, and why: the reasons, and how many items for each.")
final class HeldCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Parameters(arity = "0..1", paramLabel = "STEP", description = "Only what this step holds.")
    private String step;

    @Option(names = "--items", description = "Lists the items themselves; needs a step.")
    private boolean items;

    @Option(names = "--reason", paramLabel = "GLOB", description = "With --items: only those with such a reason.")
    private String reason;

    @Option(names = "--json", description = "One JSON object a line, for machines.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        HubClient hub = HubClient.of(where.state());
        PrintWriter out = spec.commandLine().getOut();
        if (items || reason != null) {
            if (step == null) {
                throw new ParameterException(spec.commandLine(), "say of which step the items are");
            }
            items(hub, out);
        } else {
            groups(hub.get("/api/v1/held" + (step == null ? "" : "?step=" + HubClient.encoded(step))), out);
        }
        out.flush();
        return 0;
    }

    private void groups(JsonNode groups, PrintWriter out) {
        if (json) {
            groups.forEach(out::println);
            return;
        }
        if (groups.isEmpty()) {
            out.println("nothing is held");
            return;
        }
        out.printf("%-12s %9s %8s  %s%n", "step", "items", "oldest", "reason");
        for (JsonNode group : groups) {
            out.printf(
                    "%-12s %9d %8s  %s%n",
                    group.path("step").asText(),
                    group.path("count").asLong(),
                    Shown.age(group.path("oldest")),
                    Shown.name(group.path("reason").asText()));
            if (!group.path("example").asText().equals(group.path("reason").asText())) {
                out.printf(
                        "%33s such as %s%n",
                        "", Shown.name(group.path("example").asText()));
            }
        }
        JsonNode first = groups.get(0);
        out.printf(
                "%nOnce its cause is mended: ./lightpipe retry %s --reason %s%n",
                first.path("step").asText(), Shown.word(first.path("reason").asText()));
    }

    private void items(HubClient hub, PrintWriter out) throws IOException, InterruptedException {
        if (!json) {
            out.printf("%10s %8s %8s  %s%n", "id", "attempts", "since", "item: reason");
        }
        String after = "";
        do {
            JsonNode page = hub.get("/api/v1/steps/" + HubClient.encoded(step) + "/held?limit=1000"
                    + (reason == null ? "" : "&reason=" + HubClient.encoded(reason)) + after);
            for (JsonNode item : page.path("items")) {
                if (json) {
                    out.println(item);
                } else {
                    out.printf(
                            "%10d %8d %8s  %s: %s%n",
                            item.path("id").asLong(),
                            item.path("attempts").asLong(),
                            Shown.age(item.path("since")),
                            Shown.name(item.path("name").asText()),
                            Shown.name(item.path("reason").asText()));
                }
            }
            after = page.path("next").isNumber() ? "&after=" + page.path("next").asLong() : "";
        } while (!after.isEmpty() && !out.checkError());
    }
}
