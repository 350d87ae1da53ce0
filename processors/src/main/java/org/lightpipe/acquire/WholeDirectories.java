package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.lightpipe.acquire.WaitingFile.Arrival;
import org.lightpipe.core.RawName;

/** Looks at directories that are handed over as a whole, and hands over the files of those that are complete. */
final class WholeDirectories {

    private final LandingOptions options;
    private final Units units;
    private final Tree tree;
    private final Directories directories;
    private final MarkerFiles markers;
    private final Wanted wanted;
    private final OpenFiles openFiles;
    private final KernelChanges changes;
    private final Handover handover;
    private final Hash hash;

    /** What a look at a whole directory found. */
    private static final class UnitLook {
        private boolean hand;
        private boolean open;
        private long files;
        private long digest;
    }

    WholeDirectories(
            LandingOptions options,
            Units units,
            Tree tree,
            Directories directories,
            MarkerFiles markers,
            Wanted wanted,
            OpenFiles openFiles,
            KernelChanges changes,
            Handover handover,
            Hash hash) {
        this.options = options;
        this.units = units;
        this.tree = tree;
        this.directories = directories;
        this.markers = markers;
        this.wanted = wanted;
        this.openFiles = openFiles;
        this.changes = changes;
        this.handover = handover;
        this.hash = hash;
    }

    /** Looks at those whose time has come. */
    void due() {
        long now = System.nanoTime();
        for (Units.Unit unit = units.due(now); unit != null && handover.isAllowed(); unit = units.due(now)) {
            if (handover.isStalled()) {
                units.again(unit, handover.stalledUntil());
                return;
            }
            UnitLook look = new UnitLook();
            walk(unit.name(), look);
            if (look.files == 0) {
                units.close(unit);
            } else if (look.open) {
                units.again(unit, now + Math.max(Handover.AGAIN, options.quiet().toNanos()));
            } else if (isComplete(unit, look)) {
                look.hand = true;
                walk(unit.name(), look);
                handover.flush();
                if (handover.isStalled()) {
                    units.again(unit, handover.stalledUntil());
                } else {
                    units.close(unit);
                }
            } else {
                units.saw(unit, look.digest, System.nanoTime(), options.quiet().toNanos());
            }
        }
    }

    private boolean isComplete(Units.Unit unit, UnitLook look) {
        if (markers.areUsed()) {
            return markers.hasMarker(unit.name(), tree.get(unit.name()), tree.get(""));
        }
        return unit.isQuiet(look.digest, System.nanoTime(), options.quiet().toNanos());
    }

    private void walk(String unit, UnitLook look) {
        Collection<Directory> known = tree.below(unit);
        Set<String> seen = new HashSet<>();
        while (seen.size() < known.size()) {
            for (Directory directory : known) {
                if (seen.add(directory.path()) && handover.isAllowed()) {
                    walk(directory, look);
                }
            }
            // A listing may have found further ones.
            known = tree.below(unit);
        }
    }

    private void walk(Directory directory, UnitLook look) {
        int count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.place())) {
            for (Path entry : entries) {
                String name = RawName.text(entry.getFileName());
                String path = directory.pathOf(name);
                FileStatus status = directory.status(entry);
                if (status == null) {
                    look.digest++;
                } else if (status.isDirectory()) {
                    directories.found(path, status);
                } else if (wanted.has(directory, name, status)) {
                    look.files++;
                    look.digest += Hash.pair(hash.name(path), hash.state(status));
                    walked(directory, name, status, look);
                }
                if (++count % Breath.EVERY == 0) {
                    changes.look();
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Gone meanwhile: that is a change, and the next look sees it.
            look.digest++;
        }
    }

    private void walked(Directory directory, String name, FileStatus status, UnitLook look) {
        if (handover.wasHanded(directory, name, status)) {
            return;
        }
        long now = System.nanoTime();
        WaitingFile file = new WaitingFile(directory, name, status, Arrival.SCANNED, now);
        if (look.hand) {
            handover.hand(file);
        } else {
            look.open |= openFiles.isOpen(file, now);
        }
    }
}
