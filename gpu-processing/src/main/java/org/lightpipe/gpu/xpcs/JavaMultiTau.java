package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.lightpipe.gpu.core.WorkPool;

/** The multi-tau sums on the threads of this machine: pixels in tiles, tiles side by side. */
final class JavaMultiTau implements MultiTau {

    /** Long enough for vector loops, short enough that level 0 stays in the first cache. */
    static final int TILE = 1024;

    private final Delays delays;
    private final WorkPool threads;
    private final int tilePixels;
    private final List<MultiTauTile> tiles = new ArrayList<>();
    private final Deque<MultiTauTile.Scratch> idle = new ArrayDeque<>();

    JavaMultiTau(Delays delays, List<Cell> cells, int from, int to, WorkPool threads) {
        this(delays, cells, from, to, threads, TILE);
    }

    /** @param from the position of the first pixel */
    JavaMultiTau(Delays delays, List<Cell> cells, int from, int to, WorkPool threads, int tilePixels) {
        this.delays = delays;
        this.threads = threads;
        this.tilePixels = tilePixels;
        int cell = 0;
        for (int at = from; at < to; at += tilePixels) {
            while (cells.get(cell).to() <= at) {
                cell++;
            }
            tiles.add(new MultiTauTile(delays, cells, cell, at, Math.min(tilePixels, to - at)));
        }
    }

    @Override
    public void add(SampleBlock block, float[] factors) throws InterruptedException {
        threads.forEach(tiles.size(), (low, high) -> {
            MultiTauTile.Scratch scratch = take();
            for (int i = low; i < high; i++) {
                tiles.get(i).add(block.rows(), block.count(), factors, scratch);
            }
            put(scratch);
        });
    }

    @Override
    public void finish(CellSums sums, boolean[] bad, PixelSums pixels) throws IOException, InterruptedException {
        try {
            threads.forEach(tiles.size(), (low, high) -> {
                MultiTauTile.Scratch scratch = take();
                for (int i = low; i < high; i++) {
                    finish(tiles.get(i), scratch, sums, bad, pixels);
                }
                put(scratch);
            });
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof UncheckedIOException io) {
                throw io.getCause();
            }
            throw e;
        }
    }

    private static void finish(
            MultiTauTile tile, MultiTauTile.Scratch scratch, CellSums sums, boolean[] bad, PixelSums pixels) {
        try {
            tile.finish(scratch, sums, bad, pixels);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MultiTauTile.Scratch take() {
        synchronized (idle) {
            MultiTauTile.Scratch scratch = idle.poll();
            return scratch == null ? new MultiTauTile.Scratch(delays, tilePixels) : scratch;
        }
    }

    private void put(MultiTauTile.Scratch scratch) {
        synchronized (idle) {
            idle.push(scratch);
        }
    }

    @Override
    public void close() {
        // nothing but memory of the heap
    }
}
