package org.lightpipe.transfer;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lightpipe.catalog.Step;

/** What the end of an attempt means for the rows of one step. Its methods run in one transaction. */
interface Settlement {

    Step step();

    /** The file of a claimed row. */
    Claimed claimed(Map<String, Object> row);

    /**
     * Locks the rows that this run of the hub still holds, so that a hub that was taken for dead finds out.
     *
     * @param proved what was proved, by id of its row
     * @return ids of the rows that are held: true when what was proved is still what is wanted, false when the source
     *     was found anew meanwhile
     */
    Map<Long, Boolean> lock(Map<Long, Proof> proved);

    /** Locks those of the rows that nobody works on any more; what lies under their temporary names is nobody's. */
    Set<Long> atRest(Set<Long> ids);

    /** These have their final names. */
    void stored(Collection<Proof> stored);

    /** Held, but no longer what is wanted: they are taken again. */
    void stale(Set<Long> ids);

    /** The source was not, or is no longer, what had been found. */
    void changed(List<Claimed> files);

    /** A claimed file and how it was proved. */
    record Proof(Claimed claimed, Outcome.Proved proved) {}
}
