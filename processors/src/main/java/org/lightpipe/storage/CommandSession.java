package org.lightpipe.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.lightpipe.storage.command.Commands;

/** A storage behind commands: it can do what it has commands for. */
final class CommandSession implements StorageSession {

    private final Commands commands;

    CommandSession(Commands commands) {
        this.commands = commands;
    }

    @Override
    public InputStream read(String path) throws IOException {
        return commands.read(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return commands.exists(path);
    }

    @Override
    public void createDirectories(String path) throws IOException {
        commands.createDirectories(path);
    }

    @Override
    public void write(String path, InputStream bytes) throws IOException {
        // A command takes files, not streams.
        Path spool = Files.createTempFile("lightpipe-", ".spool");
        try {
            Files.copy(bytes, spool, StandardCopyOption.REPLACE_EXISTING);
            commands.copy(spool, path, path);
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        commands.rename(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        commands.remove(path);
    }

    @Override
    public void close() {
        // nothing is held open between operations
    }
}
