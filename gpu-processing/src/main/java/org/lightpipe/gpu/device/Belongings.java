package org.lightpipe.gpu.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a job has made on its device and not closed yet. */
final class Belongings {

    private final Set<Thing> things = new LinkedHashSet<>();
    private boolean over;

    /** Something that has to be freed; compared by identity. */
    interface Thing {
        /** Frees it; called once. */
        void free();
    }

    synchronized <T extends Thing> T keep(T thing) {
        if (over) {
            thing.free();
            throw new IllegalStateException("the loan of the device has ended");
        }
        things.add(thing);
        return thing;
    }

    /** Frees a thing unless that happened before. */
    void free(Thing thing) {
        if (lose(thing)) {
            thing.free();
        }
    }

    /** Frees everything, the newest first; nothing can be kept afterwards. */
    void freeAll() {
        List<Thing> left;
        synchronized (this) {
            over = true;
            left = new ArrayList<>(things);
        }
        Collections.reverse(left);
        left.forEach(this::free);
    }

    /** Throws if the thing was freed: natives would crash on it. */
    synchronized void check(Thing thing) {
        if (!things.contains(thing)) {
            throw new IllegalStateException(thing + " is closed");
        }
    }

    private synchronized boolean lose(Thing thing) {
        return things.remove(thing);
    }
}
