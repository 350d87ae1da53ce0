package org.lightpipe.storage.command;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lightpipe.config.CommandTemplate;
import org.lightpipe.config.Storage;
import org.lightpipe.core.KnownDirectories;
import org.lightpipe.core.Sha256;
import org.lightpipe.core.YamlMap;

/**
 * What the commands of one storage can do. Paths are relative to its root, with '/' between their parts. Every command
 * ends: with {@link CommandFailure} when its time is over, at once with {@link InterruptedIOException} when the thread is
 * interrupted; and with it all that it started. It sees no more of the hub's environment than {@code PATH}, {@code HOME}
 * and what the storage names. Thread-safe.
 */
public final class Commands implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    /** However slow the far side is, a file that moves slower than this does not arrive. */
    private static final long BYTES_A_SECOND = 5_000_000;

    private static final int MOST_OUTPUT = 16 * 1024;
    private static final Pattern SHA256 = Pattern.compile("\\\\?([0-9a-fA-F]{64})(\\s.*)?", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile("(?m)(?:^|\\s)(\\d{1,18})(?:\\s|$)");

    /** What a command is for. */
    private enum Operation {
        COPY,
        DIGEST,
        READBACK,
        RENAME,
        REMOVE,
        MKDIR,
        EXISTS,
        FREE;

        /** As it is written in the settings. */
        String label() {
            return this == READBACK ? "readBack" : name().toLowerCase(Locale.ROOT);
        }
    }

    private final String name;
    private final Map<Operation, CommandTemplate> templates = new EnumMap<>(Operation.class);
    private final Duration timeout;
    private final Map<String, String> environment = new HashMap<>();
    private final KnownDirectories known = new KnownDirectories();
    private final ScheduledExecutorService clock;

    public Commands(Storage storage) {
        this(storage, System.getenv());
    }

    Commands(Storage storage, Map<String, String> ownEnvironment) {
        this.name = "command-" + storage.name();
        for (Operation operation : Operation.values()) {
            String text = storage.settings().get(operation.label());
            if (text != null) {
                templates.put(operation, CommandTemplate.parse(text));
            }
        }
        this.timeout = Optional.ofNullable(storage.settings().get("timeout"))
                .flatMap(YamlMap::parseDuration)
                .orElse(TIMEOUT);
        environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
        environment.put("LC_ALL", "C.UTF-8");
        String more = storage.settings().getOrDefault("environment", "");
        for (String variable : ("HOME PATH " + more).strip().split("[\\s,]+")) {
            Optional.ofNullable(ownEnvironment.get(variable)).ifPresent(value -> environment.put(variable, value));
        }
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, name + "-clock");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** True when the far side's bytes can be read. */
    public boolean canRead() {
        return templates.containsKey(Operation.READBACK);
    }

    /** True when the far side can say what its bytes are. */
    public boolean canDigest() {
        return templates.containsKey(Operation.DIGEST);
    }

    /** True when a file can be removed. */
    public boolean canRemove() {
        return templates.containsKey(Operation.REMOVE);
    }

    /** Copies a file of this machine to a path, in place of what is there. */
    public void copy(Path source, String path, String target) throws IOException {
        if (!Path.of(source.toString()).equals(source)) {
            throw CommandFailure.output(
                    "copy",
                    template(Operation.COPY).program(),
                    "cannot be told the name of a file that is not UTF-8: " + source);
        }
        run(
                Operation.COPY,
                Map.of(
                        "source",
                        source.toString(),
                        "temporary",
                        checked(path),
                        "target",
                        checked(target),
                        "directory",
                        parent(target)),
                limit(Files.size(source)),
                Commands::beginning);
    }

    /** SHA-256 of a file as the far side computes it, in hexadecimal. */
    public String digest(String path, long size) throws IOException {
        String output = text(run(Operation.DIGEST, of(path), limit(size), Commands::beginning));
        Matcher matcher = SHA256.matcher(output.strip());
        if (!matcher.matches()) {
            throw CommandFailure.output(
                    "digest",
                    template(Operation.DIGEST).program(),
                    "did not print a SHA-256 first, but '"
                            + output.strip().lines().findFirst().orElse("") + "'");
        }
        return matcher.group(1).toLowerCase(Locale.ROOT);
    }

    /** What comes back when a file is read, for a file of about that size. */
    public Sha256.Sum readBack(String path, long size) throws IOException {
        return run(Operation.READBACK, of(path), limit(size), Sha256::of);
    }

    /** Opens a file for reading. The end of the stream is only the end of the file when the command succeeded. */
    public InputStream read(String path) throws IOException {
        CommandTemplate template = template(Operation.READBACK);
        Running running = start(Operation.READBACK, template, of(path));
        // how long the file is, is not known
        Duration limit = timeout.multipliedBy(6);
        Future<?> alarm = clock.schedule(running::close, limit.toMillis(), TimeUnit.MILLISECONDS);
        return new Reading(running, alarm, template.program());
    }

    /** Renames in one step; a file of the new name is replaced. */
    public void rename(String from, String to) throws IOException {
        run(
                Operation.RENAME,
                Map.of("temporary", checked(from), "target", checked(to), "directory", parent(to)),
                timeout,
                Commands::beginning);
    }

    /** Removes a file; fine when it is not there. */
    public void remove(String path) throws IOException {
        run(Operation.REMOVE, of(path), timeout, Commands::beginning);
    }

    /** Makes a directory and those above it; nothing where the commands do that by themselves. */
    public void createDirectories(String path) throws IOException {
        if (!templates.containsKey(Operation.MKDIR) || known.contains(path)) {
            return;
        }
        run(Operation.MKDIR, Map.of("directory", checked(path)), timeout, Commands::beginning);
        known.add(path);
    }

    /** Something went wrong there: look again the next time. */
    public void forget(String directory) {
        known.forget(directory);
    }

    /** True when the command for it ends with status 0, false with 1. */
    public boolean exists(String path) throws IOException {
        CommandTemplate template = template(Operation.EXISTS);
        try (Running running = start(Operation.EXISTS, template, of(path))) {
            int status = await(running, Operation.EXISTS, template, timeout, Commands::beginning, new Object[1]);
            if (status > 1) {
                throw CommandFailure.status("exists", template.program(), status, said(running));
            }
            return status == 0;
        }
    }

    /** The first whole number that the command for it prints, in bytes; empty without such a command. */
    public OptionalLong free() throws IOException {
        if (!templates.containsKey(Operation.FREE)) {
            return OptionalLong.empty();
        }
        Matcher matcher = NUMBER.matcher(text(run(Operation.FREE, Map.of(), timeout, Commands::beginning)));
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private interface Consumer<R> {
        R of(InputStream output) throws IOException;
    }

    private <R> R run(Operation operation, Map<String, String> values, Duration limit, Consumer<R> consumer)
            throws IOException {
        CommandTemplate template = template(operation);
        Object[] result = new Object[1];
        try (Running running = start(operation, template, values)) {
            int status = await(running, operation, template, limit, consumer, result);
            if (status != 0) {
                throw CommandFailure.status(operation.label(), template.program(), status, said(running));
            }
        }
        @SuppressWarnings("unchecked")
        R typed = (R) result[0];
        return typed;
    }

    /** Its output is read by a thread of its own, so that this one sees interrupts and the end of its patience. */
    private <R> int await(
            Running running,
            Operation operation,
            CommandTemplate template,
            Duration limit,
            Consumer<R> consumer,
            Object[] result)
            throws IOException {
        AtomicReference<IOException> failure = new AtomicReference<>();
        Thread reader = new Thread(
                () -> {
                    try (InputStream output = running.output()) {
                        result[0] = consumer.of(output);
                    } catch (IOException e) {
                        failure.set(e);
                    }
                },
                name + "-" + running.pid() + "-output");
        reader.setDaemon(true);
        reader.start();
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            if (!running.ends(deadline - System.nanoTime())) {
                running.close();
                throw CommandFailure.tooLong(operation.label(), template.program(), limit.toSeconds(), running.said());
            }
            // What it started may still hold its output.
            reader.join(Math.max(1000, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            if (reader.isAlive()) {
                running.close();
                reader.join(1000);
                throw CommandFailure.tooLong(
                        operation.label(), template.program(), limit.toSeconds(), "it left something running");
            }
        } catch (InterruptedException e) {
            running.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
        if (running.status() == 0 && failure.get() != null) {
            throw failure.get();
        }
        return running.status();
    }

    private Running start(Operation operation, CommandTemplate template, Map<String, String> values)
            throws IOException {
        List<String> words = template.words(values);
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        for (String word : words) {
            if (!charset.newEncoder().canEncode(word)) {
                throw CommandFailure.output(
                        operation.label(),
                        template.program(),
                        "cannot be told the name '" + word + "' in the locale of the hub (" + charset
                                + "): start it with LC_ALL=C.UTF-8");
            }
        }
        try {
            return new Running(words, environment, name);
        } catch (IOException e) {
            throw CommandFailure.notStarted(operation.label(), template.program(), e);
        }
    }

    private CommandTemplate template(Operation operation) {
        CommandTemplate template = templates.get(operation);
        if (template == null) {
            throw new UnsupportedOperationException("the storage has no command for this; add '" + operation.label()
                    + "' to the settings of " + name.replaceFirst("command-", "storage "));
        }
        return template;
    }

    private Duration limit(long size) {
        return timeout.plusSeconds(size / BYTES_A_SECOND);
    }

    private static Map<String, String> of(String path) {
        return Map.of("temporary", checked(path), "target", path, "directory", parent(path));
    }

    private static String checked(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'" + path + "' is not a path below the root of a storage");
            }
        }
        return path;
    }

    private static String parent(String path) {
        return path.indexOf('/') < 0 ? "." : path.substring(0, path.lastIndexOf('/'));
    }

    private static byte[] beginning(InputStream output) throws IOException {
        byte[] first = output.readNBytes(MOST_OUTPUT);
        output.transferTo(java.io.OutputStream.nullOutputStream());
        return first;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String said(Running running) throws IOException {
        try {
            return running.said();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    /** The output of a command, whose status is looked at when it ends. */
    private static final class Reading extends FilterInputStream {
        private final Running running;
        private final Future<?> alarm;
        private final String program;

        Reading(Running running, Future<?> alarm, String program) {
            super(running.output());
            this.running = running;
            this.alarm = alarm;
            this.program = program;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (count < 0) {
                ended();
            }
            return count;
        }

        private void ended() throws IOException {
            try {
                if (!running.ends(TimeUnit.SECONDS.toNanos(10))) {
                    throw CommandFailure.tooLong("readBack", program, 10, "its output had ended");
                }
                if (running.status() != 0) {
                    throw CommandFailure.status("readBack", program, running.status(), running.said());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            }
        }

        @Override
        public void close() throws IOException {
            alarm.cancel(false);
            running.close();
            super.close();
        }
    }
}
