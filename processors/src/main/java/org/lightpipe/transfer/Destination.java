package org.lightpipe.transfer;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;

/**
 * One storage that files are put into. A file takes two steps: {@link #copy} writes it under its temporary name and
 * proves it; {@link #publish} gives it its final name. Between them the owner makes sure that the file is still its
 * own. Thread-safe: several groups are on their way at the same time.
 */
public interface Destination extends AutoCloseable {

    /**
     * Copies a group of files under their temporary names, with proof. A file that fails does not stop the others. May
     * run in the calling thread, or return at once and go on elsewhere; either way it ends within time-outs, and an
     * interrupt ends it early, with the unfinished files failed.
     *
     * @param items files of this storage; in one group no two have the same target
     * @param meter is asked before bytes move and told when they have
     * @return one outcome for each file; completes exceptionally only when nothing of the group was attempted
     */
    CompletionStage<List<Outcome>> copy(List<Item> items, Meter meter);

    /**
     * Gives proved copies their final names, in place of older files of the same names; after it, with durability
     * {@code fsync}, a power cut does not undo it.
     *
     * @return those that did not get their name, as {@link Outcome.Failed}; empty when all did
     * @throws IOException when it is not known which did: all are to be tried again
     */
    List<Outcome.Failed> publish(List<Outcome.Proved> copies) throws IOException;

    /** Removes temporary copies, those of attempts that were cut off too; fine when there are none. */
    void discard(List<Item> items) throws IOException;

    /** Bytes that can still be written; empty when the storage cannot say. */
    OptionalLong free() throws IOException;

    /** Ends what is on its way, within seconds, and closes connections. */
    @Override
    void close();
}
