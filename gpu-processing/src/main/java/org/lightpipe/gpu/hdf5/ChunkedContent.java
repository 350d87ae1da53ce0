package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.lightpipe.gpu.core.Memory;

/** Values that lie in chunks, which went through filters. */
final class ChunkedContent implements Content {

    /** More than this does not run at once anyway. */
    private static final int MOST_AT_ONCE = 256;

    private final Store store;
    private final long identity;
    private final ChunkIndex index;
    private final FilterPipeline pipeline;
    private final FilterPipeline edgePipeline;
    private final long[] shape;
    private final long[] chunk;
    private final int elementSize;
    private final int chunkBytes;
    private final long[] chunkStrides;
    private final byte[] fill;
    private final ChunkCache cache;
    private final Decoders decoders;
    private final Semaphore atOnce;

    /**
     * @param identity another number for each dataset of those that share a cache
     * @param fill one value that was never written
     */
    ChunkedContent(
            Store store,
            long identity,
            Layout.Chunked layout,
            Dataspace space,
            FilterPipeline pipeline,
            int elementSize,
            byte[] fill,
            ChunkCache cache,
            Decoders decoders)
            throws IOException {
        this.store = store;
        this.identity = identity;
        this.pipeline = pipeline;
        this.edgePipeline = layout.plainEdges() ? FilterPipeline.none() : pipeline;
        this.shape = space.present();
        this.chunk = layout.chunk();
        this.elementSize = elementSize;
        this.fill = fill;
        this.cache = cache;
        this.decoders = decoders;
        if (chunk.length != shape.length || layout.elementSize() != elementSize) {
            throw Refusal.damaged("it has " + shape.length + " dimensions of elements of " + elementSize
                    + " bytes, and its chunks have " + chunk.length + " of " + layout.elementSize());
        }
        for (long length : chunk) {
            if (length < 1) {
                throw Refusal.damaged("its chunks have the shape " + Arrays.toString(chunk));
            }
        }
        long elements = Dataspace.product(chunk);
        if (elements > Math.min(Memory.share(6), Integer.MAX_VALUE - 8) / elementSize) {
            throw Refusal.unsupported("it is stored in chunks of the shape " + Arrays.toString(chunk)
                    + ", too large for the memory of this process; start it with a larger -Xmx");
        }
        this.chunkBytes = (int) elements * elementSize;
        this.chunkStrides = Content.strides(chunk, elementSize);
        pipeline.requireKnown();
        this.atOnce = new Semaphore((int) Math.max(1, Math.min(MOST_AT_ONCE, Memory.share(4) / (2L * chunkBytes))));
        this.index = ChunkIndex.of(store, layout, space, !pipeline.filters().isEmpty(), chunkBytes);
    }

    @Override
    public Pieces pieces(long[] offset, int[] count, Target target) {
        int rank = shape.length;
        long[] first = new long[rank];
        int[] chunks = new int[rank];
        long all = 1;
        for (int i = 0; i < rank; i++) {
            first[i] = offset[i] / chunk[i];
            chunks[i] = (int) ((offset[i] + count[i] - 1) / chunk[i] - first[i] + 1);
            all *= chunks[i];
        }
        int number = Math.toIntExact(all);
        return new Pieces() {
            @Override
            public int count() {
                return number;
            }

            @Override
            public void read(int piece) throws IOException {
                long[] which = new long[rank];
                int rest = piece;
                for (int i = rank - 1; i >= 0; i--) {
                    which[i] = first[i] + rest % chunks[i];
                    rest /= chunks[i];
                }
                readChunk(which, offset, count, target);
            }
        };
    }

    /** Reads what a block wants of one chunk. */
    private void readChunk(long[] which, long[] offset, int[] count, Target target) throws IOException {
        int rank = shape.length;
        int[] some = new int[rank];
        long[] within = new long[rank];
        long[] into = new long[rank];
        boolean whole = true;
        boolean full = true;
        boolean inside = true;
        for (int i = 0; i < rank; i++) {
            long start = which[i] * chunk[i];
            long end = Math.min(start + chunk[i], shape[i]);
            long from = Math.max(start, offset[i]);
            long to = Math.min(end, offset[i] + count[i]);
            some[i] = (int) (to - from);
            within[i] = from - start;
            into[i] = from - offset[i];
            whole &= from == start && to == end;
            full &= some[i] == chunk[i];
            inside &= start + chunk[i] <= shape[i];
        }
        Target place = target.from(into);
        ChunkIndex.Place found = index.find(which);
        if (found == null) {
            place.fill(fill, some);
            return;
        }
        FilterPipeline filters = inside ? pipeline : edgePipeline;
        if (full && place.values().hasArray() && place.run(some, elementSize) == chunkBytes) {
            decode(found, filters, place.values().array(), place.values().arrayOffset() + (int) place.at());
            return;
        }
        byte[] bytes = cache.get(identity, found.address());
        if (bytes == null) {
            bytes = new byte[chunkBytes];
            decode(found, filters, bytes, 0);
            if (!whole) {
                cache.put(identity, found.address(), bytes);
            }
        }
        long from = 0;
        for (int i = 0; i < rank; i++) {
            from += within[i] * chunkStrides[i];
        }
        place.put(bytes, from, chunkStrides, some, elementSize);
    }

    private void decode(ChunkIndex.Place place, FilterPipeline filters, byte[] to, int toAt) throws IOException {
        atOnce.acquireUninterruptibly();
        try {
            ChunkDecoder decoder = decoders.take();
            try {
                decoder.decode(store, place, filters, chunkBytes, to, toAt);
            } finally {
                decoders.giveBack(decoder);
            }
        } finally {
            atOnce.release();
        }
    }
}
