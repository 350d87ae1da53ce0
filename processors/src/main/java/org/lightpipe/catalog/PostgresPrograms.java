package org.lightpipe.catalog;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL's programs at their place, run as the account they need.
 *
 * @param directory holds {@code bin}, {@code lib} and {@code share}
 * @param account as whom they run
 */
record PostgresPrograms(Path directory, ServerAccount account) {

    private static final Duration VERSION_LIMIT = Duration.ofSeconds(20);

    /** The full command line for one of the programs. */
    List<String> command(String program, List<String> arguments) {
        List<String> command = new ArrayList<>(account.prefix());
        command.add(directory.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        return command;
    }

    /** The command line of a server in a session of its own: Ctrl-C on the hub's terminal must not reach it. */
    List<String> serverCommand(List<String> arguments) {
        List<String> command = new ArrayList<>(account.prefix());
        ServerAccount.find("setsid").ifPresent(command::add);
        command.add(directory.resolve("bin/postgres").toString());
        command.addAll(arguments);
        return command;
    }

    BoundedProcess run(String program, List<String> arguments, String input, Duration limit) {
        return run(program, arguments, directory, input, limit);
    }

    /** Runs it in a working directory: what is found running there later was started from here. */
    BoundedProcess run(String program, List<String> arguments, Path workingDirectory, String input, Duration limit) {
        return BoundedProcess.run(command(program, arguments), workingDirectory, input, limit);
    }

    BoundedProcess askVersion() {
        if (!Files.isRegularFile(directory.resolve("bin/postgres"))) {
            return new BoundedProcess(-1, directory.resolve("bin/postgres") + " is missing");
        }
        return run("postgres", List.of("--version"), "", VERSION_LIMIT);
    }

    /** For example {@code 17.11}: the first part of the directory's name. */
    String version() {
        return directory.getFileName().toString().replaceFirst("-.*", "");
    }

    String majorVersion() {
        return version().replaceFirst("\\..*", "");
    }
}
