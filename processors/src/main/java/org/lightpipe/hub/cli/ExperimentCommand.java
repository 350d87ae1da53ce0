package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "experiment",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Records and lists experiments.",
        subcommands = {ExperimentCommand.Create.class, ExperimentCommand.ListAll.class})
final class ExperimentCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say 'create' or 'list'");
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Records an experiment from its form.")
    static final class Create implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "FORM", description = "The form, a YAML or JSON file.")
        private Path form;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            String text = Files.readString(form);
            JsonNode answer = HubClient.of(where.state())
                    .post("/api/v1/experiments?source=" + HubClient.encoded(form.toString()), text);
            spec.commandLine()
                    .getOut()
                    .println("recorded " + answer.path("name").asText());
            return 0;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the experiments, newest first.")
    static final class ListAll implements Callable<Integer> {

        @Mixin
        private Where where;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            out.printf("%-30s %-12s %-10s %s%n", "experiment", "beamline", "state", "title");
            for (JsonNode row : HubClient.of(where.state()).get("/api/v1/experiments")) {
                out.printf(
                        "%-30s %-12s %-10s %s%s%n",
                        row.path("name").asText(),
                        row.path("beamline").asText(),
                        row.path("state").asText(),
                        row.path("title").asText(),
                        row.path("reason").isNull()
                                ? ""
                                : " — " + row.path("reason").asText());
            }
            out.flush();
            return 0;
        }
    }
}
