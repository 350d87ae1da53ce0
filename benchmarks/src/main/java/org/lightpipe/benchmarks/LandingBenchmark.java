package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lightpipe.benchmarks.LandingWatch.Watcher;

/**
 * What it costs to watch a directory in which there are many files: time of the first look, heap and threads, and the
 * time from the closing of a file until a route has it. Each row is a process of its own, so that its heap is its own.
 */
final class LandingBenchmark implements Benchmark {

    private final Progress progress = new Progress();

    @Override
    public String about() {
        return "watching a directory of 1,000 to 1,000,000 files, against Camel's file:";
    }

    @Override
    public Report run(Options options) throws Exception {
        int most = options.integer("files", 1_000_000);
        int mostOfPeer = options.integer("peer-files", 100_000);
        Path directory = options.directory().resolve("landing");
        options.end();
        List<List<String>> rows = new ArrayList<>();
        FileSet.delete(directory);
        Path watched = Files.createDirectories(directory.resolve("many"));
        try {
            int there = 0;
            for (int files = 1_000; files <= most; files *= 10) {
                progress.say("making " + files + " files");
                for (; there < files; there++) {
                    Files.createFile(watched.resolve(String.format("frame_%07d.tif", there)));
                }
                for (Watcher watcher : Watcher.values()) {
                    if (watcher != Watcher.CAMEL_FILE || files <= mostOfPeer) {
                        progress.say(watcher.title() + ", " + files + " files");
                        rows.add(inItsOwnProcess(watcher, watched, files));
                    }
                }
            }
        } finally {
            FileSet.delete(directory);
        }
        Report report = new Report("Watching a directory");
        report.line("Each row is a new process that finds the files of one directory, then " + LandingWatch.SINGLE
                + " that are written one after the other, then " + LandingWatch.BURST + " at " + LandingWatch.RATE
                + " a second. The heap is what is in use after a collection, less what was before.");
        report.table(
                List.of(
                        "watcher",
                        "files",
                        "first look",
                        "heap",
                        "threads",
                        "one: p50",
                        "p99",
                        LandingWatch.RATE + "/s: p50",
                        "p99"),
                rows);
        return report;
    }

    private static List<String> inItsOwnProcess(Watcher watcher, Path watched, int files)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LandingWatch.class.getName(),
                        watcher.name(),
                        watched.toString(),
                        String.valueOf(files))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String row = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(watcher.title() + " with " + files + " files ended with status " + status);
            }
            return List.of(row.split("\t"));
        } finally {
            process.destroyForcibly();
        }
    }
}
