package org.lightpipe.transfer;

import java.util.ArrayList;
import java.util.List;
import org.lightpipe.catalog.Step;

/** Claimed files of one beamline that travel together into one storage. Filled by one thread, read by others then. */
final class Group {

    private final Step step;
    private final String beamline;
    private final String storage;
    private final int priority;
    private final List<Claimed> files = new ArrayList<>();
    private long bytes;

    Group(Step step, String beamline, String storage, int priority) {
        this.step = step;
        this.beamline = beamline;
        this.storage = storage;
        this.priority = priority;
    }

    void add(Claimed file) {
        files.add(file);
        bytes += file.item().size();
    }

    /** The step that claimed them. */
    Step step() {
        return step;
    }

    String beamline() {
        return beamline;
    }

    String storage() {
        return storage;
    }

    int priority() {
        return priority;
    }

    List<Claimed> files() {
        return files;
    }

    int size() {
        return files.size();
    }

    long bytes() {
        return bytes;
    }

    List<Long> ids() {
        return files.stream().map(Claimed::id).toList();
    }

    List<Item> items() {
        return files.stream().map(Claimed::item).toList();
    }
}
