package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** The pieces of several blocks, one after the other. */
final class JoinedPieces implements Pieces {

    private final List<Pieces> all;

    /** Where those of each begin. */
    private final int[] starts;

    JoinedPieces(List<Pieces> all) {
        this.all = List.copyOf(all);
        this.starts = new int[all.size() + 1];
        for (int i = 0; i < all.size(); i++) {
            starts[i + 1] = Math.addExact(starts[i], all.get(i).count());
        }
    }

    @Override
    public int count() {
        return starts[all.size()];
    }

    @Override
    public void read(int piece) throws IOException {
        int found = Arrays.binarySearch(starts, piece);
        int which = found >= 0 ? found : -found - 2;
        // one that has none begins where the next one does
        while (starts[which + 1] == piece) {
            which++;
        }
        all.get(which).read(piece - starts[which]);
    }
}
