package org.lightpipe.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One hub per state directory: an exclusive lock on {@code <state>/lock}. The kernel holds it, so that a killed hub
 * leaves none behind; what the file says about its holder only serves the message to the second hub.
 */
public final class StateLock implements AutoCloseable {

    /**
     * The kernel's lock belongs to the process, and closing any descriptor of the file gives it up. So a second attempt
     * within one process must be refused before the file is opened: this has to be as wide as the process.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private static final int MOST_BYTES = 4096;

    private final Path file;
    private final FileChannel channel;

    private StateLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock, making the directory where it is missing.
     *
     * @throws StateLockedException if another hub holds it, or the directory cannot be made or written
     */
    public static StateLock acquire(Path stateDirectory) {
        Path directory = stateDirectory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(directory);
            Path file = directory.toRealPath().resolve("lock");
            if (!HELD_HERE.add(file)) {
                throw inUse(
                        directory,
                        Map.of("pid", Long.toString(ProcessHandle.current().pid())));
            }
            boolean held = false;
            try {
                FileChannel channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
                try {
                    FileLock lock = channel.tryLock();
                    if (lock == null) {
                        throw inUse(directory, read(channel));
                    }
                    write(channel);
                    held = true;
                    return new StateLock(file, channel);
                } finally {
                    if (!held) {
                        channel.close();
                    }
                }
            } finally {
                if (!held) {
                    HELD_HERE.remove(file);
                }
            }
        } catch (AccessDeniedException e) {
            throw new StateLockedException(
                    "state directory " + directory + " cannot be used: permission denied on " + e.getFile()
                            + ". Mend: let the user that runs the hub (" + System.getProperty("user.name")
                            + ") write there, or choose another state directory.",
                    e);
        } catch (IOException e) {
            throw new StateLockedException(
                    "state directory " + directory + " cannot be used: " + e
                            + ". Mend: make it a directory on a local file system that the hub can write,"
                            + " or choose another one.",
                    e);
        }
    }

    /** Gives the lock up; the file stays, since removing it could take it from under another hub. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.truncate(0);
        } catch (IOException onlyTheTextIsLeft) {
            // it says nothing true about the next holder, and the next holder overwrites it
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new StateLockedException("cannot close " + file + ": " + e.getMessage(), e);
        } finally {
            HELD_HERE.remove(file);
        }
    }

    private static void write(FileChannel channel) throws IOException {
        String text = "pid=" + ProcessHandle.current().pid() + "\nstarted="
                + Instant.now().truncatedTo(ChronoUnit.SECONDS) + "\n";
        channel.truncate(0);
        channel.write(StandardCharsets.UTF_8.encode(text), 0);
    }

    private static Map<String, String> read(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(MOST_BYTES);
        channel.read(buffer, 0);
        Map<String, String> values = new HashMap<>();
        StandardCharsets.UTF_8.decode(buffer.flip()).toString().lines().forEach(line -> {
            String[] pair = line.split("=", 2);
            if (pair.length == 2) {
                values.put(pair[0], pair[1]);
            }
        });
        return values;
    }

    private static StateLockedException inUse(Path directory, Map<String, String> holder) {
        // empty for an instant between the lock and the text
        String who = holder.containsKey("pid") ? "the hub with pid " + holder.get("pid") : "another hub";
        String since = holder.containsKey("started") ? " (started " + holder.get("started") + ")" : "";
        return new StateLockedException("state directory " + directory + " is in use by " + who + since
                + ". Mend: stop that hub, or give this one another state directory.");
    }
}
