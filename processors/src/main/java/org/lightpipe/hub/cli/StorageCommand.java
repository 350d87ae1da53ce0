package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "storage",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Shows storages, pauses and limits what goes into them.",
        subcommands = {
            StorageCommand.ListAll.class,
            StorageCommand.Pause.class,
            StorageCommand.Resume.class,
            StorageCommand.Limit.class
        })
final class StorageCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(
                spec.commandLine(), "say 'list', 'pause', 'resume' or 'limit'");
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Shows every storage and its state.")
    static final class ListAll implements Callable<Integer> {

        @Mixin
        private Where where;

        @Option(names = "--json", description = "Prints the answer for machines.")
        private boolean json;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            JsonNode storages = HubClient.of(where.state()).get("/api/v1/storages");
            if (json) {
                out.println(storages.toPrettyString());
                return 0;
            }
            out.printf(
                    "%-20s %-8s %10s %9s %8s %9s %12s  %s%n",
                    "storage", "state", "free GB", "on way", "waiting", "at once", "limit MB/s", "reason");
            for (JsonNode row : storages) {
                long free = row.path("freeBytes").asLong();
                long bandwidth = row.path("bandwidth").asLong();
                out.printf(
                        "%-20s %-8s %10s %9d %8d %9d %12s  %s%n",
                        row.path("storage").asText(),
                        row.path("state").asText(),
                        free < 0 ? "?" : String.format(java.util.Locale.ROOT, "%.1f", free / 1e9),
                        row.path("inFlight").asLong(),
                        row.path("waiting").asLong(),
                        row.path("concurrency").asLong(),
                        bandwidth == 0 ? "none" : String.format(java.util.Locale.ROOT, "%.1f", bandwidth / 1e6),
                        row.path("reason").asText());
            }
            out.flush();
            return 0;
        }
    }

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Nothing goes into a storage until it is resumed; what is on its way ends.")
    static final class Pause implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "STORAGE", description = "Name of the storage.")
        private String storage;

        @Override
        public Integer call() throws Exception {
            HubClient.of(where.state()).post("/api/v1/storages/" + HubClient.encoded(storage) + "/pause", "{}");
            return 0;
        }
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Files go into a storage again at once, after a failure too.")
    static final class Resume implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "STORAGE", description = "Name of the storage.")
        private String storage;

        @Override
        public Integer call() throws Exception {
            HubClient.of(where.state()).post("/api/v1/storages/" + HubClient.encoded(storage) + "/resume", "{}");
            return 0;
        }
    }

    @Command(
            name = "limit",
            mixinStandardHelpOptions = true,
            description = "Limits a storage at once, on every hub; an option that is left out is as configured.")
    static final class Limit implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "STORAGE", description = "Name of the storage.")
        private String storage;

        @Option(names = "--concurrency", paramLabel = "N", description = "Most groups of files at the same time.")
        private Integer concurrency;

        @Option(names = "--bandwidth", paramLabel = "RATE", description = "Such as 200MB/s; 0 for no limit.")
        private String bandwidth;

        @Override
        public Integer call() throws Exception {
            Map<String, Object> request = new LinkedHashMap<>();
            if (concurrency != null) {
                request.put("concurrency", concurrency);
            }
            if (bandwidth != null) {
                request.put("bandwidth", bandwidth);
            }
            HubClient.of(where.state())
                    .post(
                            "/api/v1/storages/" + HubClient.encoded(storage) + "/limit",
                            new ObjectMapper().writeValueAsString(request));
            return 0;
        }
    }
}
