package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
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
        name = "daq",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Starts, stops, lists and shows monitors of directories.",
        subcommands = {DaqCommand.Start.class, DaqCommand.Stop.class, DaqCommand.ListAll.class, DaqCommand.Show.class})
final class DaqCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say 'start', 'stop', 'list' or 'show'");
    }

    enum Existing {
        PROCESS,
        IGNORE
    }

    @Command(
            name = "start",
            mixinStandardHelpOptions = true,
            description =
                    "Starts a monitor of a directory. It runs again after a restart of the hub, until it is stopped.")
    static final class Start implements Callable<Integer> {

        @Mixin
        private Where where;

        @Mixin
        private MonitorWords words;

        @Option(names = "--directory", required = true, paramLabel = "DIR", description = "Directory to watch.")
        private Path directory;

        @Option(
                names = "--existing",
                description = "Whether files that are there already are taken: ${COMPLETION-CANDIDATES}, in any case.")
        private Existing existing;

        @Option(
                names = "--max-runtime",
                paramLabel = "TIME",
                description = "Stops it after that time, such as 90min, 12h or 2d.")
        private String maxRuntime;

        @Option(
                names = "--until",
                paramLabel = "TIME",
                description = "Stops it at that time: 18:00, 2026-11-24T18:00, or with an offset.")
        private String until;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            ObjectNode request = words.request(directory);
            MonitorWords.put(request, "existing", existing);
            MonitorWords.put(request, "maxRuntime", maxRuntime);
            if (until != null) {
                request.put("until", time(until).toString());
            }
            JsonNode answer = HubClient.of(where.state()).post("/api/v1/daqs", request.toString());
            spec.commandLine().getOut().println("monitor " + answer.path("id").asLong() + " runs");
            return 0;
        }

        private OffsetDateTime time(String text) {
            ZoneId here = ZoneId.systemDefault();
            try {
                if (!text.contains("T")) {
                    OffsetDateTime today = LocalTime.parse(text)
                            .atDate(java.time.LocalDate.now(here))
                            .atZone(here)
                            .toOffsetDateTime();
                    return today.isBefore(OffsetDateTime.now()) ? today.plusDays(1) : today;
                }
                return text.matches(".*(Z|[+-]\\d\\d:?\\d\\d)")
                        ? OffsetDateTime.parse(text)
                        : LocalDateTime.parse(text).atZone(here).toOffsetDateTime();
            } catch (DateTimeException e) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--until: '" + text + "' is not a time (write it as 18:00 or 2026-11-24T18:00)",
                        e);
            }
        }
    }

    @Command(
            name = "stop",
            mixinStandardHelpOptions = true,
            description = "Stops a monitor or an upload; what it has found goes on.")
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

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists monitors and uploads, newest first.")
    static final class ListAll implements Callable<Integer> {

        @Mixin
        private Where where;

        @Option(names = "--experiment", paramLabel = "NAME", description = "Only those of this experiment.")
        private String experiment;

        @Option(names = "--running", description = "Only those that run.")
        private boolean running;

        @Option(names = "--json", description = "Prints the answer for machines.")
        private boolean json;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            JsonNode list = HubClient.of(where.state())
                    .get("/api/v1/daqs?running=" + running
                            + (experiment == null ? "" : "&experiment=" + HubClient.encoded(experiment)));
            if (json) {
                out.println(list.toPrettyString());
                return 0;
            }
            out.printf("%6s %-8s %-8s %10s %-30s %s%n", "id", "kind", "state", "files", "experiment", "directory");
            for (JsonNode row : list) {
                out.printf(
                        "%6d %-8s %-8s %10d %-30s %s%n",
                        row.path("id").asLong(),
                        row.path("kind").asText().toLowerCase(java.util.Locale.ROOT),
                        row.path("state").asText(),
                        row.path("files").asLong(),
                        row.path("experiment").asText(),
                        Shown.name(row.path("directory").asText()));
            }
            out.flush();
            return 0;
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows a monitor or an upload: what it has found, and how far that is.")
    static final class Show implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(paramLabel = "ID", description = "Number of the monitor.")
        private long id;

        @Option(
                names = "--follow",
                description = "Shows it live until it has ended and nothing of it is on its way any more.")
        private boolean follow;

        @Option(names = "--json", description = "Prints the answer for machines.")
        private boolean json;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            PrintWriter out = spec.commandLine().getOut();
            DaqFollow daq = new DaqFollow(HubClient.of(where.state()), id, out);
            JsonNode end = follow ? daq.follow() : daq.ask();
            if (json) {
                out.println(end.toPrettyString());
            } else {
                daq.show(end);
            }
            out.flush();
            return 0;
        }
    }
}
