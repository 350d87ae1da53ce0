package org.lightpipe.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of a few megabytes, which can grow. Only root can mount one. */
final class SmallDisk implements AutoCloseable {

    private final Path place;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /** Skips the test, or fails it in CI, where this user cannot mount. */
    static SmallDisk mount(Path place, int megabytes) throws IOException, InterruptedException {
        Peers.need(Peers.isRoot(), "a full disk cannot be tested: mounting a small one takes root");
        Files.createDirectories(place);
        Peers.run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", place.toString());
        return new SmallDisk(place);
    }

    void grow(int megabytes) throws IOException, InterruptedException {
        Peers.run("mount", "-o", "remount,size=" + megabytes + "m", place.toString());
    }

    Path place() {
        return place;
    }

    @Override
    public void close() throws IOException {
        try {
            Peers.run("umount", "-l", place.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
