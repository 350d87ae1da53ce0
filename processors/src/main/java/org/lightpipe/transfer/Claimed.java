package org.lightpipe.transfer;

/**
 * A claimed row of the catalog, with the file that it is about.
 *
 * @param experiment id of its experiment
 * @param generation how often the source had been found changed when it was claimed
 * @param item what is copied; its id is that of the row in its step's table, {@code file} or {@code file_copy}
 */
record Claimed(long experiment, int generation, Item item) {

    /** Id of the row in its step's table. */
    long id() {
        return item.id();
    }
}
