package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows the state of every step.")
final class StatusCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Option(names = "--json", description = "Prints the answer for machines.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        HubClient hub = HubClient.of(where.state());
        JsonNode status = hub.get("/api/v1/status");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(status.toPrettyString());
            return 0;
        }
        out.printf(
                "hub       %s, version %s%n", hub.url(), status.path("version").asText());
        out.printf("state     %s%n", status.path("state").asText());
        out.printf("database  %s%n", status.path("database").asText());
        out.printf("gpu       %s%n%n", status.path("gpu").asText());
        out.printf("%-12s %9s %9s %9s %12s%n", "step", "waiting", "busy", "held", "oldest");
        for (JsonNode step : status.path("steps")) {
            out.printf(
                    "%-12s %9d %9d %9d %10d s %s%n",
                    step.path("step").asText(),
                    step.path("waiting").asLong(),
                    step.path("busy").asLong(),
                    step.path("failed").asLong(),
                    step.path("oldestSeconds").asLong(),
                    step.path("paused").asBoolean() ? "paused" : "");
        }
        out.flush();
        return 0;
    }
}
