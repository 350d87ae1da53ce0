package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "recall", mixinStandardHelpOptions = true, description = "Brings a dataset back from tape to disk.")
final class RecallCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Parameters(paramLabel = "DATASET", description = "Number of the dataset.")
    private long dataset;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Waits for it, so long at most.")
    private long wait;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        HubClient hub = HubClient.of(where.state());
        PrintWriter out = spec.commandLine().getOut();
        long id = hub.post("/api/v1/recalls", "{\"dataset\": " + dataset + "}")
                .path("id")
                .asLong();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
        while (true) {
            JsonNode recall = hub.get("/api/v1/recalls/" + id);
            String state = recall.path("state").asText();
            if ("ONLINE".equals(state) || System.nanoTime() >= end) {
                out.println("recall " + id + " is " + state);
                return 0;
            }
            if ("FAILED".equals(state)) {
                out.println(
                        "recall " + id + " is held: " + recall.path("reason").asText());
                return 1;
            }
            Thread.sleep(500);
        }
    }
}
