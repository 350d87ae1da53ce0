package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Stream;

/** What the figures depend on. */
final class Machine {

    private Machine() {}

    static String describe() {
        return LocalDate.now() + ", " + processor() + ", "
                + Runtime.getRuntime().availableProcessors() + " cores, "
                + memoryGigabytes() + " GB of memory, Linux " + System.getProperty("os.version") + ", Java "
                + Runtime.version().feature() + " with " + (Runtime.getRuntime().maxMemory() >> 20) + " MB of heap";
    }

    /** Kind of the file system below a directory, such as ext4. */
    static String fileSystem(Path directory) throws IOException {
        return Files.getFileStore(directory).type();
    }

    /** Seconds of processor time that this process and the programs it has run have used, in steps of 10 ms. */
    static double processorSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/self/stat"));
        // The name of the program, which may hold anything, is in brackets.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = 0;
        for (int field = 11; field <= 14; field++) {
            ticks += Long.parseLong(fields[field]);
        }
        return ticks / 100.0;
    }

    private static String processor() {
        return field(Path.of("/proc/cpuinfo"), "model name").orElse(System.getProperty("os.arch"));
    }

    private static long memoryGigabytes() {
        return field(Path.of("/proc/meminfo"), "MemTotal")
                .map(text -> Math.round(Long.parseLong(text.replace(" kB", "")) / 1e6))
                .orElse(0L);
    }

    private static java.util.Optional<String> field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip());
        } catch (IOException e) {
            return java.util.Optional.empty();
        }
    }
}
