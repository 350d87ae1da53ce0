package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.lightpipe.acquire.WaitingFile.Arrival;
import org.lightpipe.core.RawName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lists the directories that wait for it and takes note of what is in them. Not thread-safe. */
final class Listing {

    /** All parts of a landing log under its name: that is what a site sets the level of. */
    private static final Logger LOG = LoggerFactory.getLogger(Landing.class);

    /** In a larger directory that is polled, names that are known are not looked at one by one. */
    private static final int LARGE = 10_000;

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(5);

    private final Tree tree;
    private final Directories directories;
    private final Intake intake;
    private final Breath breath;
    private final Handover handover;
    private final Hash hash;
    private final LandingCounts counts;

    Listing(
            Tree tree,
            Directories directories,
            Intake intake,
            Breath breath,
            Handover handover,
            Hash hash,
            LandingCounts counts) {
        this.tree = tree;
        this.directories = directories;
        this.intake = intake;
        this.breath = breath;
        this.handover = handover;
        this.hash = hash;
        this.counts = counts;
    }

    /** Lists every directory that waits for it and is due. */
    void list() {
        List<Directory> later = new ArrayList<>();
        Set<Directory> listed = new HashSet<>();
        while (handover.mayGoOn()) {
            Directory directory = tree.dequeue();
            if (directory == null) {
                break;
            }
            // At most once in a look: what has no room is due in a while, and that is seen only between listings.
            boolean wait = System.nanoTime() < directory.listNotBefore || !listed.add(directory);
            if (wait || !list(directory)) {
                later.add(directory);
            }
        }
        later.forEach(tree::enqueue);
    }

    /** Lists a directory; false when it has to be listed again. */
    private boolean list(Directory directory) {
        long started = System.nanoTime();
        try {
            FileStatus before = FileStatus.of(directory.place());
            // A parent may have been turned into a link meanwhile.
            if (!before.isDirectory() || !directory.place().toRealPath().equals(directory.place())) {
                directories.gone(directory);
                return true;
            }
            tree.warm(directory, started);
            boolean whole = list(directory, before, started);
            directory.listNotBefore = System.nanoTime() + 4 * Math.min(System.nanoTime() - started, LONGEST_WAIT);
            return whole;
        } catch (IOException | DirectoryIteratorException e) {
            if (!Files.isDirectory(directory.place())) {
                directories.gone(directory);
            } else if (!directory.unreadable) {
                directory.unreadable = true;
                LOG.warn("{} cannot be listed: {}", RawName.shown(RawName.text(directory.place())), e.toString());
            }
            return true;
        }
    }

    private boolean list(Directory directory, FileStatus before, long started) throws IOException {
        // Nobody tells of files that are gone: when fewer are there than are known, the next listing says which.
        FileSet there = directory.isPolled() && directory.hasStale ? new FileSet() : null;
        int knownBefore = directory.toldFiles();
        int knownThere = 0;
        boolean skipKnown = directory.isPolled() && directory.toldFiles() > LARGE;
        int count = 0;
        boolean whole = true;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.place())) {
            for (Path entry : entries) {
                if (++count % Breath.EVERY == 0) {
                    breath.take();
                    if (!handover.mayGoOn() || directory.gone) {
                        return directory.gone;
                    }
                }
                String name = RawName.text(entry.getFileName());
                long named = hash.name(name);
                boolean known = directory.knows(named);
                if (!(skipKnown && known)) {
                    whole &= entry(directory, name, entry);
                }
                if (known) {
                    knownThere++;
                }
                if (there != null) {
                    there.put(named, 1);
                }
            }
        }
        directory.unreadable = false;
        if (there != null) {
            tree.changing(directory, () -> directory.keepOnly(there));
        }
        directory.hasStale = there == null && knownThere < knownBefore;
        directory.listedMtimeNs = before.mtimeNs();
        directory.listedAt = started;
        counts.listed(count, System.nanoTime() - started);
        return whole;
    }

    /** Looks at one entry of a directory; false when there was no room to keep it in mind. */
    boolean entry(Directory directory, String name, Path entry) {
        FileStatus status = directory.status(entry);
        if (status == null) {
            return true;
        }
        if (status.isDirectory()) {
            directories.found(directory.pathOf(name), status);
            return true;
        }
        return intake.observe(directory, name, status, Arrival.SCANNED);
    }
}
