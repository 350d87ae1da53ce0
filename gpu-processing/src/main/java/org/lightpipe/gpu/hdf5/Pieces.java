package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** The reading of a block, in pieces that may be read side by side. */
interface Pieces {

    /** How many there are. */
    int count();

    /** Reads one. */
    void read(int piece) throws IOException;

    /** Reads all, one after the other. */
    default void readAll() throws IOException {
        for (int i = 0; i < count(); i++) {
            read(i);
        }
    }
}
