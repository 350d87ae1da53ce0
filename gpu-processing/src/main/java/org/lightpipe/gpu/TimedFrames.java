package org.lightpipe.gpu;

import java.io.IOException;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** Frames of which the time spent waiting for them is known. Closing it twice is as good as once. */
final class TimedFrames implements FrameSource {

    private final FrameSource frames;
    private long waited;
    private boolean closed;

    TimedFrames(FrameSource frames) {
        this.frames = frames;
    }

    /** @return the nanoseconds that whoever reads the frames had to wait for them */
    long waited() {
        return waited;
    }

    @Override
    public String description() {
        return frames.description();
    }

    @Override
    public int frames() {
        return frames.frames();
    }

    @Override
    public int rows() {
        return frames.rows();
    }

    @Override
    public int columns() {
        return frames.columns();
    }

    @Override
    public NumberType type() {
        return frames.type();
    }

    @Override
    public void forEachBlock(int from, int to, int perBlock, BlockConsumer consumer)
            throws InvalidInputException, IOException, InterruptedException {
        long begin = System.nanoTime();
        long[] away = new long[1];
        try {
            frames.forEachBlock(from, to, perBlock, block -> {
                long given = System.nanoTime();
                try {
                    consumer.accept(block);
                } finally {
                    away[0] += System.nanoTime() - given;
                }
            });
        } finally {
            waited += System.nanoTime() - begin - away[0];
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            frames.close();
        }
    }
}
