package org.lightpipe.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.lightpipe.core.RootedPath;

/** A mounted file system. */
final class LocalSession implements StorageSession {

    private final Path root;
    private final int fileMode;
    private final Directories directories;

    LocalSession(Path root, int fileMode, Directories directories) {
        this.root = root;
        this.fileMode = fileMode;
        this.directories = directories;
    }

    @Override
    public InputStream read(String path) throws IOException {
        return Files.newInputStream(resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public void createDirectories(String path) throws IOException {
        directories.create(root, resolve(path));
    }

    @Override
    public void write(String path, InputStream bytes) throws IOException {
        Path file = resolve(path);
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            bytes.transferTo(Channels.newOutputStream(channel));
            channel.force(true);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path source = resolve(from);
        Path target = resolve(to);
        Files.setAttribute(source, "unix:mode", fileMode, LinkOption.NOFOLLOW_LINKS);
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        // Without this a power cut could forget the new name after the catalog has been told of it.
        Directories.flush(target.getParent());
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(resolve(path));
    }

    @Override
    public void close() {
        // nothing is held open between operations
    }

    private Path resolve(String path) {
        return RootedPath.resolve(root, path);
    }
}
