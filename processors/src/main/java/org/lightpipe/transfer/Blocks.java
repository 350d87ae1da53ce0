package org.lightpipe.transfer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.lightpipe.config.Digest;

/** What copies work with, kept for the next one; bounded, so that a thousand workers do not take all memory. */
final class Blocks {

    static final int BLOCK = 1 << 20;

    private static final int IN_FLIGHT = 3;
    private static final long PATIENCE_SECONDS = 600;

    private final Set<Digest> digests;
    private final int alignment;
    private final Semaphore free;
    private final Deque<Bench> idle = new ArrayDeque<>();

    /**
     * @param most how many copies work at the same time
     * @param alignment of memory, as the file system needs it for reads past its cache; at most {@link #BLOCK}
     */
    Blocks(int most, Set<Digest> digests, int alignment) {
        this.free = new Semaphore(most);
        this.digests = digests;
        this.alignment = alignment;
    }

    /** The memory of one copy and the digests of what goes through it. */
    final class Bench implements AutoCloseable {

        private final List<Block> blocks = new ArrayList<>(List.of(new Block(BLOCK, alignment)));
        private final Digests taken = new Digests(digests);
        private final Digests proof = new Digests(Set.of());

        Block block() {
            return blocks.get(0);
        }

        /** Blocks for a file that is read, digested and written at the same time. */
        List<Block> several() {
            while (blocks.size() < IN_FLIGHT) {
                blocks.add(new Block(BLOCK, alignment));
            }
            return blocks;
        }

        /** Of what is read from the source. */
        Digests digests() {
            return taken;
        }

        /** Of what is read back: SHA-256 alone. */
        Digests proof() {
            return proof;
        }

        /** Begins anew after a file that was left in the middle. */
        void forget() {
            taken.reset();
            proof.reset();
        }

        @Override
        public void close() {
            forget();
            synchronized (idle) {
                idle.push(this);
            }
            free.release();
        }
    }

    Bench take() throws InterruptedException, IOException {
        if (!free.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("the copies before it did not end within " + PATIENCE_SECONDS + " s");
        }
        synchronized (idle) {
            return idle.isEmpty() ? new Bench() : idle.pop();
        }
    }
}
