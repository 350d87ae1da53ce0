package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;

/** A slow walk over every file of a tree, which stops and goes on where it stopped. Not thread-safe. */
final class Sweep implements AutoCloseable {

    private final Tree tree;
    private Directory directory;
    private DirectoryStream<Path> stream;
    private Iterator<Path> entries;
    private boolean whole;
    private long digest;

    Sweep(Tree tree) {
        this.tree = tree;
        enter(tree.get(""));
    }

    Directory directory() {
        return directory;
    }

    /** The next entry of this directory; null when there are no more. */
    Path next() {
        try {
            if (entries != null && !directory.gone && entries.hasNext()) {
                return entries.next();
            }
        } catch (DirectoryIteratorException e) {
            whole = false;
        }
        return null;
    }

    /** Takes note of a file of a cold directory. */
    void add(long part) {
        digest += part;
    }

    /** The directory whose files were all seen; null when they could not be. */
    Directory finished() {
        return whole && directory != null && !directory.gone ? directory : null;
    }

    /** One number of all files that were seen in this directory. */
    long digest() {
        return digest;
    }

    /** Goes on to the next directory; false when that was the last one. */
    boolean advance() {
        close();
        if (directory == null) {
            return false;
        }
        Directory next = tree.after(directory.path());
        if (next == null) {
            return false;
        }
        enter(next);
        return true;
    }

    private void enter(Directory next) {
        directory = next;
        digest = 0;
        whole = false;
        if (next == null) {
            return;
        }
        try {
            stream = Files.newDirectoryStream(next.place());
            entries = stream.iterator();
            whole = true;
        } catch (IOException e) {
            // gone, or not readable
        }
    }

    @Override
    public void close() {
        entries = null;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException e) {
                // it was only read
            }
            stream = null;
        }
    }
}
