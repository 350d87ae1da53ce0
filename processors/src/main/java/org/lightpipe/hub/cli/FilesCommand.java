package org.lightpipe.hub.cli;

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
        name = "files",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, finds and verifies files.",
        subcommands = {FilesCommand.Ls.class, FilesCommand.Find.class, FilesCommand.Verify.class})
final class FilesCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say 'ls', 'find' or 'verify'");
    }

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists the files of an experiment.")
    static final class Ls implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(
                paramLabel = "EXPERIMENT[/PATH]",
                description = "The experiment; with a path, what lies at or below it.")
        private String scope;

        @Option(names = "--long", description = "State, size, times and SHA-256 of each.")
        private boolean table;

        @Option(names = "--json", description = "One JSON object a line, for machines.")
        private boolean json;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            new FilePages(HubClient.of(where.state()), spec.commandLine().getOut(), table, json, false)
                    .print(FileScopeWord.of(scope).query());
            return 0;
        }
    }

    @Command(
            name = "find",
            mixinStandardHelpOptions = true,
            description = "Finds files that match every condition given.",
            footer = "The status is 1 when there is none.")
    static final class Find implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(
                arity = "0..1",
                defaultValue = "",
                paramLabel = "EXPERIMENT[/PATH]",
                description = "Where to look (default: everywhere).")
        private String scope;

        @Option(
                names = "--name",
                paramLabel = "GLOB",
                description = "Names such as 'frame_*.h5'; with a '/', whole paths; '**' goes through directories.")
        private String name;

        @Option(
                names = "--in-state",
                paramLabel = "STATE",
                description = "In this state, such as FAILED or CATALOGUED, in any case.")
        private String state;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                description = "Found since then: 2h (ago), 2026-11-24, …T18:00Z.")
        private String since;

        @Option(names = "--larger", paramLabel = "BYTES", description = "At least so large, such as 500MB or 2GiB.")
        private String larger;

        @Option(names = "--digest", paramLabel = "HEX", description = "With this SHA-256.")
        private String digest;

        @Option(names = "--long", description = "State, size, times and SHA-256 of each.")
        private boolean table;

        @Option(names = "--json", description = "One JSON object a line, for machines.")
        private boolean json;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            String query = FileScopeWord.of(scope).query()
                    + condition("name", name)
                    + condition("state", state)
                    + condition("since", since)
                    + condition("larger", larger)
                    + condition("digest", digest);
            long found = new FilePages(
                            HubClient.of(where.state()), spec.commandLine().getOut(), table, json, true)
                    .print(query);
            return found > 0 ? 0 : 1;
        }

        private static String condition(String field, String value) {
            return value == null ? "" : "&" + field + "=" + HubClient.encoded(value);
        }
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Reads files back from storage and compares them with the catalog.",
            footer = "The status is 1 when anything is wrong. The hub does it: it goes on when this command is ended.")
    static final class Verify implements Callable<Integer> {

        @Mixin
        private Where where;

        @Parameters(
                paramLabel = "EXPERIMENT[/PATH]",
                description = "The experiment; with a path, what lies at or below it.")
        private String scope;

        @Mixin
        private VerifyWords words;

        @Spec
        private CommandSpec spec;

        @Override
        public Integer call() throws Exception {
            return words.run(HubClient.of(where.state()), FileScopeWord.of(scope), spec.commandLine());
        }
    }
}
