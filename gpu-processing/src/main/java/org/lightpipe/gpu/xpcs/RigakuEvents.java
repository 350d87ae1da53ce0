package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.lightpipe.gpu.core.InvalidInputException;

/** The events of one module, read from a frame on. Used by one thread at a time. */
final class RigakuEvents implements AutoCloseable {

    private static final int FRAME_SHIFT = 40;
    private static final int PIXEL_SHIFT = 16;
    private static final int PIXEL_MASK = (1 << 21) - 1;
    private static final int COUNT_MASK = (1 << 12) - 1;

    /** Bits that no event has. */
    private static final long UNUSED = 0x000000e00000f000L;

    /** Modules of a 3M detector may count their pixels from here on. */
    private static final int OTHER_ORIGIN = 1024 * 1024;

    private static final int LOOKED_AT = 1 << 16;

    private final String name;
    private final FileChannel channel;
    private final long events;
    private final int frames;
    private final int origin;
    private final int pixels;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long at;
    private int nextFrame = -1;
    private long last = -1;

    /** Gets the events of a range of frames. */
    interface Sink {
        void accept(int frame, int pixel, int count);
    }

    private RigakuEvents(String name, FileChannel channel, int pixels) throws InvalidInputException, IOException {
        this.name = name;
        this.channel = channel;
        this.pixels = pixels;
        if (channel.size() % Long.BYTES != 0) {
            throw new InvalidInputException(name + ": has " + channel.size()
                    + " bytes, which is no whole number of events of 8 bytes; it was cut off");
        }
        this.events = channel.size() / Long.BYTES;
        this.frames = frame(event(events - 1)) + 1;
        this.origin = pixel(event(0)) >= OTHER_ORIGIN ? OTHER_ORIGIN : 0;
    }

    /** @param pixels of the module */
    static RigakuEvents open(Path file, int pixels) throws InvalidInputException, IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        boolean whole = false;
        try {
            RigakuEvents events = new RigakuEvents(file.getFileName().toString(), channel, pixels);
            whole = true;
            return events;
        } finally {
            if (!whole) {
                channel.close();
            }
        }
    }

    /** @return whether a file begins with events: they have no bits but theirs, and count something */
    static boolean looksLike(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer begin = ByteBuffer.allocate((int) Math.min(LOOKED_AT, channel.size() / Long.BYTES * Long.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (begin.hasRemaining() && channel.read(begin) >= 0) {
                // until it is full
            }
            begin.flip();
            if (begin.remaining() < Long.BYTES) {
                return false;
            }
            while (begin.remaining() >= Long.BYTES) {
                long event = begin.getLong();
                if ((event & UNUSED) != 0 || (event & COUNT_MASK) == 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static int frame(long event) {
        return (int) (event >>> FRAME_SHIFT);
    }

    private static int pixel(long event) {
        return (int) (event >>> PIXEL_SHIFT) & PIXEL_MASK;
    }

    int frames() {
        return frames;
    }

    /** Hands over the events of the frames {@code from} to {@code to - 1}; best called for one range after the other. */
    void forEach(int from, int to, Sink sink) throws InvalidInputException, IOException {
        if (from != nextFrame) {
            seek(from);
        }
        while (at < events) {
            if (buffer.remaining() < Long.BYTES) {
                fill();
            }
            long event = buffer.getLong(buffer.position());
            int frame = frame(event);
            if (frame < last || frame < from) {
                throw new InvalidInputException(
                        name + ": event " + at + " is of frame " + frame + ", but comes after frame "
                                + Math.max(last, from) + "; events must be in the order of their frames");
            }
            last = frame;
            if (frame >= to) {
                break;
            }
            int pixel = pixel(event) - origin;
            if (pixel < 0 || pixel >= pixels) {
                throw new InvalidInputException(name + ": event " + at + ", of frame " + frame + ", is of pixel "
                        + pixel(event) + ", but a module has " + pixels + " pixels, from " + origin + " on");
            }
            sink.accept(frame, pixel, (int) (event & COUNT_MASK));
            buffer.position(buffer.position() + Long.BYTES);
            at++;
        }
        nextFrame = to;
    }

    private void fill() throws IOException {
        buffer.clear();
        int wanted = (int) Math.min(buffer.capacity(), (events - at) * Long.BYTES);
        buffer.limit(wanted);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at * Long.BYTES + buffer.position()) < 0) {
                throw new IOException(name + ": became shorter while it was read");
            }
        }
        buffer.flip();
    }

    /** Goes to the first event of a frame, by halving: events are in order. */
    private void seek(int frame) throws IOException {
        long low = 0;
        long high = events;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (frame(event(middle)) < frame) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        at = low;
        last = -1;
        buffer.limit(0);
    }

    private long event(long index) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (one.hasRemaining()) {
            if (channel.read(one, index * Long.BYTES + one.position()) < 0) {
                throw new IOException(name + ": became shorter while it was read");
            }
        }
        return one.getLong(0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
