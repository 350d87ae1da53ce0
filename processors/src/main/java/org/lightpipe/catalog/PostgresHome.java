package org.lightpipe.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the hub's own PostgreSQL lives: one directory with the programs, the data, the log and the password.
 *
 * @param root {@code <state>/postgresql}, absolute and without symbolic links
 */
record PostgresHome(Path root) {

    private static final Pattern PASSWORD = Pattern.compile("[A-Za-z0-9_-]{16,128}");
    private static final String TEMPORARY = ".making-";
    private static final int KEPT_LOG_FILES = 8;

    /** Makes the directory (0700) where it is missing and clears what an earlier hub left half made. */
    static PostgresHome in(Path stateDirectory) {
        Path wanted = stateDirectory.toAbsolutePath().normalize().resolve("postgresql");
        try {
            Files.createDirectories(wanted.getParent());
            if (!Files.isDirectory(wanted)) {
                Files.createDirectory(
                        wanted, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            PostgresHome home = new PostgresHome(wanted.toRealPath());
            Files.createDirectories(home.log());
            try (Stream<Path> entries = Files.list(home.root)) {
                for (Path entry : entries.filter(PostgresHome::isTemporary).toList()) {
                    // a program that a killed hub started may still be writing there
                    Postmaster.killInside(entry);
                    deleteTree(entry);
                }
            }
            return home;
        } catch (IOException e) {
            throw failure("Cannot prepare PostgreSQL's directory " + wanted, e);
        }
    }

    Path data() {
        return root.resolve("data");
    }

    Path log() {
        return root.resolve("log");
    }

    /** What the server says before its log file is open. */
    Path startLog() {
        return log().resolve("start.log");
    }

    Path passwordFile() {
        return root.resolve("password");
    }

    /** A new directory beside the final places, so that a rename moves what was made in it; cleared at the next start. */
    Path temporaryDirectory() throws IOException {
        return Files.createTempDirectory(root, TEMPORARY);
    }

    /** The kept password, or empty when there is none yet. */
    Optional<String> password() {
        try {
            if (!Files.exists(passwordFile())) {
                return Optional.empty();
            }
            String password =
                    Files.readString(passwordFile(), StandardCharsets.UTF_8).strip();
            if (!PASSWORD.matcher(password).matches()) {
                throw new EmbeddedPostgresException(passwordFile() + " does not hold a password that the hub made."
                        + " Mend: delete the file, the next start sets a new password.");
            }
            return Optional.of(password);
        } catch (IOException e) {
            throw failure("Cannot read " + passwordFile(), e);
        }
    }

    /** Makes a password and keeps it in a file that only its owner may read. */
    String newPassword() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Path made = root.resolve(TEMPORARY + "password");
        try {
            Files.deleteIfExists(made);
            try (var channel = Files.newByteChannel(
                    made,
                    EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                channel.write(StandardCharsets.UTF_8.encode(password + "\n"));
            }
            syncFile(made);
            Files.move(made, passwordFile(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            syncDirectory(root);
            return password;
        } catch (IOException e) {
            throw failure("Cannot write " + passwordFile(), e);
        }
    }

    /** Gives everything here to the account that PostgreSQL runs as; only root can, and only root needs to. */
    void giveTo(ServerAccount account) {
        int userId = account.userId();
        try {
            if (account == ServerAccount.SELF) {
                for (Path path : List.of(root, data())) {
                    if (Files.exists(path) && ownerOf(path) != userId) {
                        throw new EmbeddedPostgresException(path + " belongs to the user " + Files.getOwner(path)
                                + ", the hub runs as " + System.getProperty("user.name") + ". Mend: run the hub as "
                                + Files.getOwner(path) + ", or give it the directory: chown -R "
                                + System.getProperty("user.name") + " " + root);
                    }
                }
                return;
            }
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                        throws IOException {
                    return give(directory);
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    return give(file);
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    // a server that is still running removes files of its own while we walk
                    if (e instanceof java.nio.file.NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                private FileVisitResult give(Path path) throws IOException {
                    try {
                        if (ownerOf(path) != userId) {
                            Files.setAttribute(path, "unix:uid", userId, LinkOption.NOFOLLOW_LINKS);
                        }
                    } catch (java.nio.file.NoSuchFileException removedMeanwhile) {
                        // nothing to give
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw failure("Cannot give " + root + " to the user that PostgreSQL runs as (uid " + userId + ")", e);
        }
    }

    /** Deletes all log files but the newest few: PostgreSQL rotates them by size, and deletes none. */
    void pruneLog() throws IOException {
        for (Path old : logFiles().stream().skip(KEPT_LOG_FILES).toList()) {
            Files.deleteIfExists(old);
        }
    }

    /** The last lines of the server's log, for an error message. */
    String logTail() {
        StringBuilder tail = new StringBuilder();
        try {
            List<Path> newest = logFiles();
            for (Path file : newest.isEmpty() ? List.of(startLog()) : List.of(startLog(), newest.get(0))) {
                if (Files.exists(file)) {
                    tail.append(lastLines(file, 12));
                }
            }
        } catch (IOException e) {
            tail.append("(its log cannot be read: ").append(e.getMessage()).append(')');
        }
        return tail.toString().strip();
    }

    private List<Path> logFiles() throws IOException {
        try (Stream<Path> files = Files.list(log())) {
            // the names hold the time, so the newest comes last in the order of names
            return files.filter(file -> file.getFileName().toString().matches("postgresql-\\d{8}-\\d{6}\\.log"))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        }
    }

    private static String lastLines(Path file, int lines) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            long start = Math.max(0, channel.size() - 8192);
            channel.position(start);
            var buffer = java.nio.ByteBuffer.allocate(8192);
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until the end of the file
            }
            buffer.flip();
            List<String> all =
                    StandardCharsets.UTF_8.decode(buffer).toString().lines().toList();
            StringBuilder last = new StringBuilder();
            all.subList(Math.max(0, all.size() - lines), all.size())
                    .forEach(line -> last.append("  ").append(line).append('\n'));
            return last.toString();
        }
    }

    static int ownerOf(Path path) throws IOException {
        return (Integer) Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isTemporary(Path entry) {
        return entry.getFileName().toString().startsWith(TEMPORARY);
    }

    static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failed) throws IOException {
                if (failed != null) {
                    throw failed;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void syncFile(Path file) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /** Makes a rename in that directory survive a power cut. */
    static void syncDirectory(Path directory) throws IOException {
        try (var channel = java.nio.channels.FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** What went wrong with a file, in words, with the mend that fits the reason. */
    static EmbeddedPostgresException failure(String what, IOException e) {
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : e.getMessage();
        String text = String.valueOf(reason);
        String mend;
        if (e instanceof AccessDeniedException) {
            reason = "permission denied on " + ((AccessDeniedException) e).getFile();
            mend = "let the user that runs the hub (" + System.getProperty("user.name")
                    + ") write there, or choose another state directory.";
        } else if (e instanceof java.nio.file.FileAlreadyExistsException exists) {
            reason = exists.getFile() + " is not a directory";
            mend = "move it away, or choose another state directory.";
        } else if (text.contains("No space left") || text.contains("quota")) {
            mend = "free at least 200 MB there, or choose another state directory.";
        } else if (text.contains("Read-only")) {
            mend = "choose a state directory on a file system that can be written.";
        } else {
            mend = "check the directory and its file system, or choose another state directory.";
        }
        return new EmbeddedPostgresException(what + ": " + reason + ". Mend: " + mend, e);
    }
}
