package org.lightpipe.hub.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        name = "experiment",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Records and lists experiments, and changes their users.",
        subcommands = {ExperimentCommand.Create.class, ExperimentCommand.ListAll.class, ExperimentCommand.Users.class})
final class ExperimentCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new picocli.CommandLine.ParameterException(spec.commandLine(), "say 'create', 'list' or 'users'");
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

    @Command(
            name = "users",
            mixinStandardHelpOptions = true,
            description = "Lists the users of an experiment, and changes them: its files follow.")
    static final class Users implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "EXPERIMENT", description = "Name of the experiment.")
        private String experiment;

        @Option(
                names = "--add",
                paramLabel = "USER[:ROLE]",
                description = "Adds a user, or gives him another role: PI, User (the default) or Contact.")
        private List<String> add = List.of();

        @Option(names = "--remove", paramLabel = "USER", description = "Removes a user.")
        private List<String> remove = List.of();

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            HubClient hub = HubClient.of(where.state());
            String path = "/api/v1/experiments/" + HubClient.encoded(experiment) + "/users";
            JsonNode users = add.isEmpty() && remove.isEmpty() ? hub.get(path) : hub.post(path, change());
            PrintWriter out = spec.commandLine().getOut();
            for (JsonNode user : users) {
                out.printf(
                        "%-30s %s%n",
                        user.path("name").asText(), user.path("role").asText());
            }
            out.flush();
            return 0;
        }

        private String change() throws JsonProcessingException {
            List<Map<String, String>> users = new ArrayList<>();
            for (String user : add) {
                int colon = user.indexOf(':');
                users.add(
                        colon < 0
                                ? Map.of("name", user)
                                : Map.of("name", user.substring(0, colon), "role", user.substring(colon + 1)));
            }
            return new ObjectMapper().writeValueAsString(Map.of("add", users, "remove", remove));
        }
    }
}
