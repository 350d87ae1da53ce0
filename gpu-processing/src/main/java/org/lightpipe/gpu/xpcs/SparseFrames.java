package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/**
 * Frames of a file that lists what each pixel counted, made dense: 16 bits for each pixel. One block is decoded while
 * the one before is worked on.
 */
final class SparseFrames implements FrameSource {

    private static final NumberType TYPE = NumberType.UINT16;
    private static final int BYTES_PER_BLOCK = 8 << 20;

    private final Content content;

    /** What differs from format to format. Used by one thread at a time, not always the same. */
    interface Content extends AutoCloseable {
        /** @return the file, for messages to people */
        String description();

        int frames();

        int rows();

        int columns();

        /**
         * Decodes frames; called for frames that follow each other.
         *
         * @param into zeros, from index 0 on, for all of them
         */
        void decode(int first, int count, ByteBuffer into) throws InvalidInputException, IOException;

        @Override
        void close() throws IOException;
    }

    SparseFrames(Content content) {
        this.content = content;
    }

    @Override
    public String description() {
        return content.description();
    }

    @Override
    public int frames() {
        return content.frames();
    }

    @Override
    public int rows() {
        return content.rows();
    }

    @Override
    public int columns() {
        return content.columns();
    }

    @Override
    public NumberType type() {
        return TYPE;
    }

    @Override
    public void forEachBlock(int from, int to, int perBlock, BlockConsumer consumer)
            throws InvalidInputException, IOException, InterruptedException {
        if (from < 0 || to > frames() || from > to) {
            throw new IllegalArgumentException("frames " + from + " to " + to + " of " + frames());
        }
        int bytes = rows() * columns() * TYPE.bytes();
        int most = Math.max(1, BYTES_PER_BLOCK / bytes);
        int count = perBlock > 0 ? Math.min(perBlock, most) : most;
        BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(2);
        for (int i = 0; i < 2; i++) {
            free.add(ByteBuffer.allocate(Math.min(count, Math.max(1, to - from)) * bytes)
                    .order(ByteOrder.LITTLE_ENDIAN));
        }
        CompletableFuture<FrameBlock> next = ahead(from, Math.min(to, from + count), free.take());
        try {
            for (int first = from; first < to; first += count) {
                FrameBlock block = finished(next);
                int end = Math.min(to, first + count);
                next = end < to ? ahead(end, Math.min(to, end + count), free.take()) : null;
                consumer.accept(block);
                free.add(block.values());
            }
        } finally {
            if (next != null) {
                // the content must not be closed under its feet
                next.handle((block, failure) -> null).join();
            }
        }
    }

    private CompletableFuture<FrameBlock> ahead(int first, int end, ByteBuffer buffer) {
        CompletableFuture<FrameBlock> future = new CompletableFuture<>();
        if (end <= first) {
            future.complete(null);
            return future;
        }
        Thread reader = new Thread(
                () -> {
                    try {
                        Arrays.fill(buffer.array(), (byte) 0);
                        content.decode(first, end - first, buffer);
                        future.complete(new FrameBlock(first, end - first, rows(), columns(), TYPE, buffer));
                    } catch (InvalidInputException | IOException | RuntimeException | Error e) {
                        future.completeExceptionally(e);
                    }
                },
                "xpcs-read-ahead");
        reader.setDaemon(true);
        reader.start();
        return future;
    }

    private static FrameBlock finished(CompletableFuture<FrameBlock> future)
            throws InvalidInputException, IOException, InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InvalidInputException invalid) {
                throw invalid;
            }
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException("frames cannot be decoded: " + e.getCause(), e.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
