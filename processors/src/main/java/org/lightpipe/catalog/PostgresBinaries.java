package org.lightpipe.catalog;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked once from the archive on the class path into {@code <version>-<checksum>} beside the
 * data. The checksum of the archive is part of the name, so that a new hub finds out without unpacking whether it brings
 * other programs.
 */
final class PostgresBinaries {

    private static final Pattern UNPACKED = Pattern.compile("\\d+\\.\\d+-[0-9a-f]{8}");
    private static final Pattern VERSION = Pattern.compile("postgres \\(PostgreSQL\\) (\\d+\\.\\d+).*");
    private static final long MOST_BYTES = 1L << 30;
    private static final int XZ_MEMORY_KIB = 128 * 1024;

    private final PostgresHome home;
    private final ServerAccount account;
    private final URL archive;

    PostgresBinaries(PostgresHome home, ServerAccount account) {
        this(home, account, archiveOf(System.getProperty("os.name"), System.getProperty("os.arch")));
    }

    PostgresBinaries(PostgresHome home, ServerAccount account, URL archive) {
        this.home = home;
        this.account = account;
        this.archive = archive;
    }

    /** The programs, unpacked if they are not there yet or do not run any more. */
    PostgresPrograms unpacked() {
        try {
            String checksum = checksum();
            Optional<Path> present = directories()
                    .filter(directory -> directory.getFileName().toString().endsWith("-" + checksum))
                    .findFirst();
            if (present.isPresent()) {
                PostgresPrograms programs = new PostgresPrograms(present.get(), account);
                if (VERSION.matcher(programs.askVersion().output()).matches()) {
                    return programs;
                }
                // half written by a power cut, or touched by someone: the archive has them all
                PostgresHome.deleteTree(present.get());
            }
            return unpack(checksum);
        } catch (IOException e) {
            throw PostgresHome.failure("Cannot unpack PostgreSQL's programs into " + home.root(), e);
        }
    }

    /** Deletes the programs of other versions; only for when no server runs from them. */
    void deleteOthers(PostgresPrograms used) throws IOException {
        for (Path other : directories()
                .filter(directory -> !directory.equals(used.directory()))
                .toList()) {
            PostgresHome.deleteTree(other);
        }
    }

    private Stream<Path> directories() throws IOException {
        try (Stream<Path> entries = Files.list(home.root())) {
            return entries
                    .filter(entry ->
                            UNPACKED.matcher(entry.getFileName().toString()).matches())
                    .toList()
                    .stream();
        }
    }

    private PostgresPrograms unpack(String checksum) throws IOException {
        Path temporary = home.temporaryDirectory();
        try {
            // the directory was made for the hub alone; PostgreSQL may run as someone else
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            try (InputStream bytes = open(archive).getInputStream()) {
                extract(bytes, temporary);
            }
            home.giveTo(account);
            BoundedProcess asked = new PostgresPrograms(temporary, account).askVersion();
            var version = VERSION.matcher(asked.output());
            if (!asked.succeeded() || !version.matches()) {
                throw new EmbeddedPostgresException("PostgreSQL's programs do not run here: " + asked.output()
                        + hintFor(temporary)
                        + ". Mend: use a Linux with glibc, or set LIGHTPIPE_DATABASE_URL to a PostgreSQL of your own.");
            }
            flush(temporary);
            Path place = home.root().resolve(version.group(1) + "-" + checksum);
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            PostgresHome.syncDirectory(home.root());
            return new PostgresPrograms(place, account);
        } finally {
            PostgresHome.deleteTree(temporary);
        }
    }

    /** One flush of the file system, so that the rename is not on disk before the files: 1,000 single ones take seconds. */
    private static void flush(Path directory) {
        ServerAccount.find("sync")
                .ifPresent(sync -> BoundedProcess.run(
                        List.of(sync, "-f", directory.toString()), directory, "", Duration.ofMinutes(1)));
    }

    /** Names the directory that keeps the server's account out, if that is the reason. */
    private String hintFor(Path directory) throws IOException {
        for (Path parent = directory; parent != null; parent = parent.getParent()) {
            boolean othersMayEnter = PosixFilePermissions.toString(Files.getPosixFilePermissions(parent))
                    .endsWith("x");
            if (!othersMayEnter && PostgresHome.ownerOf(parent) != account.userId()) {
                return " (PostgreSQL runs as uid " + account.userId() + " without root's rights, and may not enter "
                        + parent + ": chmod o+x it, or choose another state directory)";
            }
        }
        return "";
    }

    /** Unpacks a tar.xz; an entry that would land outside the directory, or is neither file, directory nor link, fails. */
    static void extract(InputStream archive, Path directory) throws IOException {
        Path root = directory.toRealPath();
        long total = 0;
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new XZInputStream(new BufferedInputStream(archive, 1 << 16), XZ_MEMORY_KIB))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = inside(root, root.resolve(entry.getName()), entry);
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.getParent());
                // a link made by an earlier entry must not lead out either
                inside(root, target.getParent().toRealPath(), entry);
                if (entry.isSymbolicLink()) {
                    inside(root, target.resolveSibling(entry.getLinkName()), entry);
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (entry.getLinkFlag() == TarConstants.LF_NORMAL
                        || entry.getLinkFlag() == TarConstants.LF_OLDNORM) {
                    total += entry.getSize();
                    if (total > MOST_BYTES) {
                        throw new IOException("the archive holds more than " + MOST_BYTES + " bytes");
                    }
                    Files.copy(tar, target);
                    Files.setPosixFilePermissions(
                            target,
                            PosixFilePermissions.fromString((entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
                } else {
                    throw new IOException(
                            "the archive holds " + entry.getName() + ", neither file, directory nor link");
                }
            }
        }
    }

    private static Path inside(Path root, Path path, TarArchiveEntry entry) throws IOException {
        Path normal = path.normalize();
        if (!normal.startsWith(root)) {
            throw new IOException("the archive holds " + entry.getName() + ", which leads outside its directory");
        }
        return normal;
    }

    private String checksum() throws IOException {
        URLConnection connection = open(archive);
        long crc;
        if (connection instanceof JarURLConnection jar) {
            try {
                // the jar's directory knows it: nothing is read
                crc = jar.getJarEntry().getCrc();
            } finally {
                jar.getJarFile().close();
            }
        } else {
            try (CheckedInputStream in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
                in.transferTo(java.io.OutputStream.nullOutputStream());
                crc = in.getChecksum().getValue();
            }
        }
        return String.format(Locale.ROOT, "%08x", crc);
    }

    private static URLConnection open(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection;
    }

    static URL archiveOf(String system, String architecture) {
        String name = switch (architecture) {
            case "amd64", "x86_64" -> "postgres-linux-x86_64.txz";
            case "aarch64", "arm64" -> "postgres-linux-arm_64.txz";
            default -> "";
        };
        URL found = system.equals("Linux") && !name.isEmpty()
                ? PostgresBinaries.class.getClassLoader().getResource(name)
                : null;
        if (found == null) {
            throw new EmbeddedPostgresException("The hub brings no PostgreSQL for " + system + " on " + architecture
                    + (name.isEmpty() ? "" : " (" + name + " is not on the class path)")
                    + ". Mend: set LIGHTPIPE_DATABASE_URL to a PostgreSQL of your own.");
        }
        return found;
    }
}
