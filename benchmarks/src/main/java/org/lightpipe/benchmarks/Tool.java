package org.lightpipe.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs the programs that are measured against; never through a shell. */
final class Tool {

    private Tool() {}

    /** @throws UsageException when a program is not installed */
    static void need(String... programs) {
        String path = System.getenv("PATH");
        for (String program : programs) {
            if (Stream.of(path.split(File.pathSeparator))
                    .noneMatch(place -> Files.isExecutable(Path.of(place, program)))) {
                throw new UsageException(program + " is needed to measure against; install it");
            }
        }
    }

    /** Runs a program to its end. */
    static void run(Path directory, String... command) throws IOException, InterruptedException {
        pipe(directory, null, List.of(List.of(command)));
    }

    /**
     * Runs programs, each reading what the one before it writes.
     *
     * @param output where the last one writes; null for nowhere
     */
    static void pipe(Path directory, Path output, List<List<String>> commands)
            throws IOException, InterruptedException {
        List<ProcessBuilder> builders = new ArrayList<>();
        for (List<String> command : commands) {
            builders.add(new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT));
        }
        builders.get(builders.size() - 1)
                .redirectOutput(
                        output == null ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.to(output.toFile()));
        List<Process> processes = ProcessBuilder.startPipeline(builders);
        for (int i = 0; i < processes.size(); i++) {
            int status = processes.get(i).waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", commands.get(i)) + " ended with status " + status);
            }
        }
    }
}
