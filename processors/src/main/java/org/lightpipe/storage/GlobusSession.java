package org.lightpipe.storage;

import java.io.InputStream;

/** A storage behind Globus, which moves files and opens none: directories come with the first file in them. */
final class GlobusSession implements StorageSession {

    private final String name;

    /** @param name of the storage */
    GlobusSession(String name) {
        this.name = name;
    }

    @Override
    public InputStream read(String path) {
        throw unsupported();
    }

    @Override
    public boolean exists(String path) {
        throw unsupported();
    }

    @Override
    public void createDirectories(String path) {
        // a transfer makes what it needs
    }

    @Override
    public void write(String path, InputStream bytes) {
        throw unsupported();
    }

    @Override
    public void rename(String from, String to) {
        throw unsupported();
    }

    @Override
    public void delete(String path) {
        throw unsupported();
    }

    @Override
    public void close() {
        // nothing was opened
    }

    private UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("storage '" + name
                + "' cannot be opened: Globus moves files and opens none; name it under a path or URI that reads the same"
                + " files for what has to read them");
    }
}
