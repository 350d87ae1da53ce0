package org.lightpipe.hub.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.VetoCamelContextStartException;
import org.flywaydb.core.api.FlywayException;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.hub.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line of Lightpipe. */
@Command(
        name = "lightpipe",
        mixinStandardHelpOptions = true,
        versionProvider = Lightpipe.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "The data pipeline of a light source.",
        subcommands = {
            RunCommand.class,
            DemoCommand.class,
            CheckCommand.class,
            StatusCommand.class,
            StopCommand.class,
            ExperimentCommand.class,
            DaqCommand.class,
            UploadCommand.class,
            FilesCommand.class,
            VerifyCommand.class,
            HeldCommand.class,
            RetryCommand.class,
            PermissionsCommand.class,
            RecallCommand.class,
            StepCommand.class,
            StorageCommand.class,
            TokenCommand.class,
            GpuCommand.class
        })
public final class Lightpipe implements Callable<Integer> {

    /** A command that was not well formed. */
    static final int USAGE = 2;

    private static final int MAX_CAUSES = 20;

    @Spec
    private CommandSpec spec;

    /** Runs one command and ends the process with its status: 0 for success, 1 for failure, 2 for wrong use. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return commandLine().execute(args);
    }

    static CommandLine commandLine() {
        CommandLine lightpipe = new CommandLine(new Lightpipe());
        // its options are those of the tool, --help among them
        lightpipe
                .getSubcommands()
                .get(GpuCommand.NAME)
                .setUnmatchedOptionsArePositionalParams(true)
                .setStopAtPositional(true);
        return lightpipe
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    explain(failure, command.getErr());
                    return 1;
                });
    }

    /** What went wrong, in words; the stack trace only for what nobody foresaw. */
    static void explain(Exception failure, PrintWriter out) {
        if (failure instanceof InvalidInputException invalid) {
            invalid.findings().forEach(out::println);
        } else if (failure instanceof org.lightpipe.hub.client.HubClient.Refused
                || failure instanceof org.lightpipe.hub.StateLockedException
                || failure instanceof org.lightpipe.catalog.EmbeddedPostgresException
                || failure instanceof IllegalArgumentException
                || failure instanceof IllegalStateException
                || failure instanceof java.io.IOException
                || failure instanceof java.io.UncheckedIOException) {
            out.println("lightpipe: " + failure.getMessage());
        } else if (causes(failure).anyMatch(FlywayException.class::isInstance)) {
            out.println("lightpipe: " + chain(failure)
                    + " (the state directory was written by another version; start that version, or give another"
                    + " --state)");
        } else if (causes(failure).anyMatch(Lightpipe::isCamelStart)) {
            out.println("lightpipe: " + chain(failure));
        } else {
            failure.printStackTrace(out);
        }
        out.flush();
    }

    private static boolean isCamelStart(Throwable failure) {
        return failure instanceof FailedToStartRouteException
                || failure instanceof FailedToCreateRouteException
                || failure instanceof VetoCamelContextStartException
                || failure instanceof RuntimeCamelException;
    }

    /** What each cause adds, in one line. */
    private static String chain(Throwable failure) {
        StringBuilder words = new StringBuilder();
        causes(failure).map(Throwable::getMessage).filter(Objects::nonNull).forEach(message -> {
            String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
            if (!words.toString().contains(line)) {
                words.append(words.isEmpty() ? "" : ": ").append(line);
            }
        });
        return words.toString();
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return USAGE;
    }

    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Lightpipe.class.getPackage().getImplementationVersion();
            return new String[] {"lightpipe " + (version == null ? "development" : version)};
        }
    }
}
