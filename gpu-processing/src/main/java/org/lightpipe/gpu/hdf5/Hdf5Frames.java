package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.core.WorkPool;

/**
 * The frames of a dataset. One thread goes ahead and has the chunks of the next block read and decoded side by side by
 * the pool, while the caller works on the block before; there are two buffers, and no more.
 */
final class Hdf5Frames implements FrameSource {

    /** What a block has when the caller does not mind: enough chunks for many threads, and little against the heap. */
    private static final long GOOD_BLOCK = 1 << 24;

    private final String description;
    private final Hdf5Dataset dataset;
    private final WorkPool pool;
    private final int[] shape;
    private final int frames;
    private final int frameBytes;

    private Hdf5Frames(
            String description, Hdf5Dataset dataset, WorkPool pool, int[] shape, int frames, int frameBytes) {
        this.description = description;
        this.dataset = dataset;
        this.pool = pool;
        this.shape = shape;
        this.frames = frames;
        this.frameBytes = frameBytes;
    }

    static Hdf5Frames of(Path file, Hdf5Dataset dataset, WorkPool pool) throws InvalidInputException {
        int[] shape = dataset.shape();
        int rank = shape.length;
        String description = file.getFileName() + ": " + dataset.name();
        if (rank < 2) {
            throw new InvalidInputException(description + " has the shape " + Arrays.toString(shape)
                    + ", which is no stack of frames; at least 2 dimensions are wanted");
        }
        long frames = 1;
        for (int i = 0; i < rank - 2; i++) {
            frames *= shape[i];
            if (frames > Integer.MAX_VALUE - 8) {
                throw new InvalidInputException(
                        description + " has the shape " + Arrays.toString(shape) + ", which is too many frames");
            }
        }
        long bytes = (long) shape[rank - 2] * shape[rank - 1];
        long most = Math.min(Memory.share(6), Integer.MAX_VALUE - 8)
                / dataset.type().bytes();
        if (bytes > most) {
            throw new InvalidInputException(description + " has frames of " + shape[rank - 2] + " x " + shape[rank - 1]
                    + " pixels, more than fit the memory of this process; start it with a larger -Xmx");
        }
        return new Hdf5Frames(
                description,
                dataset,
                pool,
                shape,
                (int) frames,
                (int) bytes * dataset.type().bytes());
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public int frames() {
        return frames;
    }

    @Override
    public int rows() {
        return shape[shape.length - 2];
    }

    @Override
    public int columns() {
        return shape[shape.length - 1];
    }

    @Override
    public NumberType type() {
        return dataset.type();
    }

    @Override
    public void forEachBlock(int from, int to, int perBlock, BlockConsumer consumer)
            throws InvalidInputException, IOException, InterruptedException {
        if (from < 0 || to > frames || from > to || perBlock < 0) {
            throw new IllegalArgumentException(
                    "frames " + from + " to " + to + ", " + perBlock + " at a time, of " + frames);
        }
        if (from == to) {
            return;
        }
        int most = (int) Math.max(1, Math.min(Memory.share(6), Integer.MAX_VALUE - 8) / frameBytes);
        int block = perBlock == 0 ? Math.min(most, goodBlock()) : Math.min(most, perBlock);
        try (Ahead ahead = new Ahead(from, to, block, perBlock == 0)) {
            for (int done = from; done < to; ) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while reading " + description);
                }
                FrameBlock next = ahead.next();
                consumer.accept(next);
                done = next.first() + next.frames();
                ahead.giveBack(next.values());
            }
        }
    }

    /** Whole chunks, as many as make up a good block. */
    private int goodBlock() {
        int rank = shape.length;
        int chunk = rank > 2 ? Math.min(dataset.chunk()[rank - 3], shape[rank - 3]) : 1;
        long good = Math.max(1, Math.min(GOOD_BLOCK, Memory.share(16)) / frameBytes);
        long whole = (good + chunk - 1) / chunk * chunk;
        // a chunk of very many frames is read in parts, and kept between them
        return (int) (whole * frameBytes <= Memory.share(8) ? whole : good);
    }

    /** Reads frames into a buffer. */
    private void read(int first, int count, ByteBuffer values, Stop stop)
            throws InvalidInputException, IOException, InterruptedException {
        Datatype type = dataset.stored().type();
        boolean half = type.kind() == Datatype.Kind.HALF;
        int pixels = rows() * columns();
        ByteBuffer raw = half ? ByteBuffer.allocate(2 * count * pixels) : values;
        try {
            dataset.doors().guarded(dataset.name(), () -> {
                try {
                    inParallel(pieces(first, count, raw, type.size()), stop);
                } catch (InterruptedException e) {
                    throw new Interrupted(e);
                }
                return null;
            });
        } catch (Interrupted e) {
            throw e.cause;
        }
        if (half) {
            Elements.widen(raw, type.turned(), values, count * pixels);
        } else if (type.turned()) {
            pool.forEach(count, (a, b) -> Elements.turn(values, a * pixels, b * pixels, type.size()));
        }
    }

    /** Carries an interruption through code that knows none. */
    private static final class Interrupted extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient InterruptedException cause;

        Interrupted(InterruptedException cause) {
            super(cause);
            this.cause = cause;
        }
    }

    /** Frames that follow each other are blocks of the dataset, a new one wherever an outer dimension goes on. */
    private Pieces pieces(int first, int count, ByteBuffer values, int elementSize) throws IOException {
        int rank = shape.length;
        Content content = dataset.stored().content();
        List<Pieces> all = new ArrayList<>();
        int rawFrame = rows() * columns() * elementSize;
        for (int done = 0; done < count; ) {
            long[] offset = new long[rank];
            int[] some = new int[rank];
            Arrays.fill(some, 1);
            some[rank - 2] = rows();
            some[rank - 1] = columns();
            int run = 1;
            if (rank > 2) {
                int rest = first + done;
                for (int i = rank - 3; i >= 0; i--) {
                    offset[i] = rest % shape[i];
                    rest /= shape[i];
                }
                run = (int) Math.min(count - done, shape[rank - 3] - offset[rank - 3]);
                some[rank - 3] = run;
            }
            all.add(content.pieces(offset, some, Target.dense(values, done * rawFrame, some, elementSize)));
            done += run;
        }
        return all.size() == 1 ? all.get(0) : new JoinedPieces(all);
    }

    private void inParallel(Pieces pieces, Stop stop) throws IOException, InterruptedException {
        if (pieces.count() == 1) {
            pieces.read(0);
            return;
        }
        AtomicReference<Exception> failure = new AtomicReference<>();
        pool.forEach(pieces.count(), (from, to) -> {
            for (int i = from; i < to && failure.get() == null && !stop.wanted; i++) {
                try {
                    pieces.read(i);
                } catch (IOException | RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            }
        });
        Exception e = failure.get();
        if (e instanceof IOException io) {
            throw io;
        }
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
    }

    /** Whether nobody waits for the frames any more. */
    private static final class Stop {
        private volatile boolean wanted;
    }

    /** Reads ahead. */
    private final class Ahead implements AutoCloseable {

        private static final int BUFFERS = 2;

        private final BlockingQueue<ByteBuffer> free = new ArrayBlockingQueue<>(BUFFERS + 1);
        private final BlockingQueue<Object> ready = new ArrayBlockingQueue<>(BUFFERS + 1);
        private final Stop stop = new Stop();
        private final Thread thread;

        /** @param aligned whether blocks end where whole blocks from frame 0 on would */
        Ahead(int from, int to, int block, boolean aligned) {
            int buffers = to - from > block ? BUFFERS : 1;
            for (int i = 0; i < buffers; i++) {
                free.add(ByteBuffer.allocate(Math.min(block, to - from) * frameBytes)
                        .order(ByteOrder.LITTLE_ENDIAN));
            }
            thread = new Thread(() -> run(from, to, block, aligned), "hdf5-ahead");
            thread.setDaemon(true);
            thread.start();
        }

        private void run(int from, int to, int block, boolean aligned) {
            try {
                for (int first = from; first < to; ) {
                    ByteBuffer values = free.take();
                    if (stop.wanted) {
                        return;
                    }
                    int count = Math.min(to - first, aligned ? block - first % block : block);
                    read(first, count, values, stop);
                    ready.put(new FrameBlock(first, count, rows(), columns(), type(), values));
                    first += count;
                }
            } catch (Exception | Error e) {
                // there is room: whoever waits takes blocks before it puts buffers back
                ready.add(e);
            }
        }

        FrameBlock next() throws InvalidInputException, IOException, InterruptedException {
            Object next = ready.take();
            if (next instanceof InvalidInputException e) {
                throw e;
            }
            if (next instanceof IOException e) {
                throw e;
            }
            if (next instanceof Throwable e) {
                throw new IllegalStateException(description + " cannot be read: " + e, e);
            }
            return (FrameBlock) next;
        }

        void giveBack(ByteBuffer values) {
            free.add(values);
        }

        /** Ends the thread; not by an interrupt, which would close the file below it. */
        @Override
        public void close() {
            stop.wanted = true;
            free.offer(ByteBuffer.allocate(0));
            boolean interrupted = false;
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        // the file belongs to whoever opened it
    }
}
