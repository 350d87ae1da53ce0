package org.lightpipe.gpu.hdf5;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Decoders that nobody uses at the moment, with their buffers. Thread-safe. */
final class Decoders implements AutoCloseable {

    private final Queue<ChunkDecoder> idle = new ConcurrentLinkedQueue<>();

    ChunkDecoder take() {
        ChunkDecoder decoder = idle.poll();
        return decoder == null ? new ChunkDecoder() : decoder;
    }

    void giveBack(ChunkDecoder decoder) {
        idle.add(decoder);
    }

    @Override
    public void close() {
        for (ChunkDecoder decoder = idle.poll(); decoder != null; decoder = idle.poll()) {
            decoder.close();
        }
    }
}
