package org.lightpipe.transfer;

/**
 * A claimed row of the catalog, with the file that it is about.
 *
 * @param id id of the row in its step's table: {@code file}, or {@code file_copy}
 * @param file id of the file
 * @param experiment id of its experiment
 * @param generation how often the source had been found changed when it was claimed
 * @param digest SHA-256 that it must have, when that is known already; else null
 * @param item what is copied; its id is {@code id}
 */
record Claimed(long id, long file, long experiment, int generation, String digest, Item item) {}
