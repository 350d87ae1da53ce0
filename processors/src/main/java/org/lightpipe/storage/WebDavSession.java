package org.lightpipe.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.lightpipe.storage.webdav.WebDav;

/** A storage behind HTTP. */
final class WebDavSession implements StorageSession {

    private final WebDav server;

    WebDavSession(WebDav server) {
        this.server = server;
    }

    @Override
    public InputStream read(String path) throws IOException {
        return server.get(path);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return server.exists(path);
    }

    @Override
    public void createDirectories(String path) throws IOException {
        server.createDirectories(path);
    }

    @Override
    public void write(String path, InputStream bytes) throws IOException {
        boolean[] opened = {false};
        server.put(path, -1, OptionalLong.empty(), () -> {
            if (opened[0]) {
                throw new IOException("what is to be written cannot be read a second time");
            }
            opened[0] = true;
            return bytes;
        });
    }

    @Override
    public void rename(String from, String to) throws IOException {
        server.move(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        server.delete(path);
    }

    @Override
    public void close() {
        // its connections are shared
    }
}
