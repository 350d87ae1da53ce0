package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
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
        name = "daq",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Starts, stops and lists monitors of directories.",
        subcommands = {DaqCommand.Start.class, DaqCommand.Stop.class, DaqCommand.ListAll.class})
final class DaqCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say 'start', 'stop' or 'list'");
    }

    @Command(name = "start", mixinStandardHelpOptions = true, description = "Starts a monitor of a directory.")
    static final class Start implements Callable<Integer> {

        @Mixin
        private Where where;

        @Option(names = "--experiment", required = true, paramLabel = "NAME", description = "Whose files these are.")
        private String experiment;

        @Option(names = "--directory", required = true, paramLabel = "DIR", description = "Directory to watch.")
        private Path directory;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            String request = new ObjectMapper()
                    .writeValueAsString(Map.of(
                            "experiment",
                            experiment,
                            "directory",
                            directory.toAbsolutePath().normalize().toString()));
            JsonNode answer = HubClient.of(where.state()).post("/api/v1/daqs", request);
            spec.commandLine().getOut().println("monitor " + answer.path("id").asLong() + " runs");
            return 0;
        }
    }

    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Stops a monitor; what it has found goes on.")
    static final class Stop implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "ID", description = "Number of the monitor.")
        private long id;

        @Override
        public Integer call() throws Exception {
            HubClient.of(where.state()).delete("/api/v1/daqs/" + id);
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists monitors, newest first.")
    static final class ListAll implements Callable<Integer> {

        @Mixin
        private Where where;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            out.printf("%6s %-8s %10s %-30s %s%n", "id", "state", "files", "experiment", "directory");
            for (JsonNode row : HubClient.of(where.state()).get("/api/v1/daqs")) {
                out.printf(
                        "%6d %-8s %10d %-30s %s%n",
                        row.path("id").asLong(),
                        row.path("state").asText(),
                        row.path("files").asLong(),
                        row.path("experiment").asText(),
                        row.path("directory").asText());
            }
            out.flush();
            return 0;
        }
    }
}
