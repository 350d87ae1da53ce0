package org.lightpipe.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** {@link PostgresHolder} in a process of its own, that a test can kill. */
final class HolderProcess implements AutoCloseable {

    private static final String END = new String("end of output");

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private HolderProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "holder-output-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException killed) {
            // what was read so far is what it said
        } finally {
            lines.add(END);
        }
    }

    /**
     * Starts it with some words in front of java, as {@code setpriv …}.
     *
     * @param classPath a directory that any user may read; gets copies of the jars
     */
    static HolderProcess start(List<String> before, Path classPath, Path state) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", copyClassPath(classPath), "-XX:TieredStopAtLevel=1"));
        command.add(PostgresHolder.class.getName());
        command.add(state.toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(Path.of("/").toFile());
        builder.redirectErrorStream(true);
        try {
            return new HolderProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its next line that starts with the word; fails with all it said instead. */
    String await(String word) throws InterruptedException {
        StringBuilder said = new StringBuilder();
        for (String line = next(said); line != END; line = next(said)) {
            if (line.startsWith(word)) {
                return line;
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("no " + word + " in:\n" + said);
    }

    private String next(StringBuilder said) throws InterruptedException {
        String line = lines.poll(60, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("nothing more within 60 s after:\n" + said);
        }
        return line;
    }

    void killHard() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("cannot be killed: " + process.pid());
        }
    }

    int endOfInput() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("does not end: " + process.pid());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static String copyClassPath(Path directory) {
        Set<Path> entries = new LinkedHashSet<>();
        try {
            for (String name : List.of(
                    EmbeddedPostgres.class.getName(),
                    PostgresHolder.class.getName(),
                    "org.postgresql.Driver",
                    "org.slf4j.Logger",
                    "ch.qos.logback.classic.Logger",
                    "ch.qos.logback.core.Context",
                    "org.tukaani.xz.XZInputStream",
                    "org.apache.commons.compress.archivers.tar.TarArchiveInputStream",
                    "org.apache.commons.io.IOUtils",
                    "org.apache.commons.lang3.StringUtils")) {
                entries.add(Path.of(Class.forName(name)
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()));
            }
            String archive = PostgresBinaries.archiveOf("Linux", System.getProperty("os.arch"))
                    .toString();
            entries.add(Path.of(URI.create(archive.substring("jar:".length(), archive.indexOf("!/")))));
            List<String> copies = new ArrayList<>();
            int number = 0;
            for (Path entry : entries) {
                Path copy = directory.resolve(number++ + "-" + entry.getFileName());
                copyTree(entry, copy);
                copies.add(copy.toString());
            }
            return String.join(":", copies);
        } catch (ReflectiveOperationException | java.net.URISyntaxException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            return;
        }
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }
}
