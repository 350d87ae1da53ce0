package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * Makes the next block of sinograms while one is reconstructed: two arrays take turns. Used by one thread, which the blocks
 * are handed to in their order.
 */
final class Ahead implements AutoCloseable {

    /** Makes one block. */
    interface Source {
        /** @param into the block begins at index 0 */
        void read(int from, int count, float[] into) throws InvalidInputException, IOException, InterruptedException;
    }

    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread made = new Thread(work, "tomography-ahead");
        made.setDaemon(true);
        return made;
    });
    private final int all;
    private final int perBlock;
    private final Source source;
    private final float[][] arrays = new float[2][];
    private final int length;
    private int begun;
    private Future<float[]> next;

    /**
     * @param all how many sinograms there are
     * @param perBlock how many in one block
     * @param length of the array of a block
     */
    Ahead(int all, int perBlock, int length, Source source) {
        this.all = all;
        this.perBlock = perBlock;
        this.length = length;
        this.source = source;
        begin();
    }

    private void begin() {
        int from = begun;
        if (from >= all) {
            return;
        }
        begun += perBlock;
        int turn = from / perBlock % 2;
        if (arrays[turn] == null) {
            arrays[turn] = new float[length];
        }
        float[] into = arrays[turn];
        next = thread.submit(() -> {
            source.read(from, Math.min(perBlock, all - from), into);
            return into;
        });
    }

    /** @return the next block, valid until the one after it is asked for */
    float[] next() throws InvalidInputException, IOException, InterruptedException {
        try {
            float[] block = next.get();
            begin();
            return block;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof InvalidInputException refused) {
                throw refused;
            }
            if (cause instanceof IOException failed) {
                throw failed;
            }
            if (cause instanceof InterruptedException) {
                throw (InterruptedException) cause;
            }
            throw new IllegalStateException("sinograms could not be made: " + cause, cause);
        }
    }

    @Override
    public void close() {
        // the files that it reads are closed next
        thread.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                if (thread.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
