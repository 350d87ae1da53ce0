package org.lightpipe.storage;

import java.io.IOException;
import java.io.InputStream;

/**
 * A way into one storage. Paths are relative to the storage root, with '/' between their parts; none leads out of it.
 * Not thread-safe. Every operation ends within the endpoint's own time-outs.
 */
public interface StorageSession extends AutoCloseable {

    /**
     * Opens a file. The stream must be closed before the next operation.
     *
     * @throws java.nio.file.NoSuchFileException when there is no such file
     */
    InputStream read(String path) throws IOException;

    /** True for a file or directory of that name. */
    boolean exists(String path) throws IOException;

    /** Creates a directory and its parents; fine when it is there already. */
    void createDirectories(String path) throws IOException;

    /** Writes a new file in place of any other of that name, flushed to disk where the endpoint can. */
    void write(String path, InputStream bytes) throws IOException;

    /** Renames in one step; a file of the new name is replaced. */
    void rename(String from, String to) throws IOException;

    /** Removes a file; fine when it is not there. */
    void delete(String path) throws IOException;

    @Override
    void close();
}
