package org.lightpipe.transfer;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Takes digests in a thread of its own while its owner reads and writes: of a large file the digest is most of the work.
 * All that can fail stays with the owner. Not thread-safe: one owner.
 */
final class DigestThread implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final Digests digests;
    private final BlockingQueue<Block> full;
    private final BlockingQueue<Block> free;
    private final Thread thread;
    private int given;

    /** @param blocks those that go round */
    DigestThread(String name, Digests digests, List<Block> blocks) {
        this.digests = digests;
        this.full = new ArrayBlockingQueue<>(blocks.size());
        this.free = new ArrayBlockingQueue<>(blocks.size(), false, blocks);
        this.given = blocks.size();
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (true) {
                Block block = full.take();
                digests.update(block.bytes(), 0, block.length());
                free.add(block);
            }
        } catch (InterruptedException e) {
            // its owner has no more for it
        }
    }

    /** A block whose bytes were taken in. */
    Block take() throws InterruptedException, IOException {
        Block block = free.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (block == null) {
            throw new IOException("digests are not taken any more: the thread " + thread.getName() + " has ended");
        }
        given--;
        return block;
    }

    /** Takes in a block, in the background; its bytes may be written meanwhile, but not changed. */
    void give(Block block) {
        given++;
        full.add(block);
    }

    /** Waits until all is taken in. */
    void finish() throws InterruptedException, IOException {
        for (int i = given; i > 0; i--) {
            take();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        for (boolean waited = false; !waited; ) {
            try {
                // A block takes milliseconds; its memory must not be used by the next file before it is done.
                thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                waited = true;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
