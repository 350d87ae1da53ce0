package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.lightpipe.gpu.core.NumberType;

/** Writes the values of a dataset to their place, as they come. */
final class NewValues implements Hdf5Writer.Values {

    private static final int BUFFER = 1 << 19;

    private final NewFile file;
    private final String name;
    private final NumberType type;
    private final long at;
    private final long bytes;
    private final CRC32C sum = new CRC32C();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    private long written;

    NewValues(NewFile file, String name, NumberType type, long at, long bytes) {
        this.file = file;
        this.name = name;
        this.type = type;
        this.at = at;
        this.bytes = bytes;
    }

    @Override
    public void write(float[] values, int from, int count) throws IOException {
        requireRoom((long) count * type.bytes());
        for (int i = from; i < from + count; i++) {
            if (buffer.remaining() < type.bytes()) {
                drain();
            }
            if (type == NumberType.FLOAT32) {
                buffer.putFloat(values[i]);
            } else {
                put(values[i]);
            }
        }
    }

    @Override
    public void write(double[] values, int from, int count) throws IOException {
        requireRoom((long) count * type.bytes());
        for (int i = from; i < from + count; i++) {
            if (buffer.remaining() < type.bytes()) {
                drain();
            }
            put(values[i]);
        }
    }

    @Override
    public void write(ByteBuffer values) throws IOException {
        requireRoom(values.remaining());
        drain();
        int some = values.remaining();
        file.write(at + written, values, sum);
        written += some;
    }

    private void put(double value) {
        switch (type) {
            case FLOAT32 -> buffer.putFloat((float) value);
            case FLOAT64 -> buffer.putDouble(value);
            case INT8 -> buffer.put((byte) whole(value, -0x80, 0x7f));
            case UINT8 -> buffer.put((byte) whole(value, 0, 0xff));
            case INT16 -> buffer.putShort((short) whole(value, -0x8000, 0x7fff));
            case UINT16 -> buffer.putShort((short) whole(value, 0, 0xffff));
            case INT32 -> buffer.putInt((int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT32 -> buffer.putInt((int) whole(value, 0, 0xffffffffL));
            case INT64 -> buffer.putLong(whole(value, -0x1p63, Math.nextDown(0x1p63)));
            case UINT64 -> {
                double half = value < 0x1p63 ? value : value - 0x1p63;
                long low = whole(half, 0, Math.nextDown(0x1p63));
                buffer.putLong(value < 0x1p63 ? low : low | Long.MIN_VALUE);
            }
        }
    }

    private long whole(double value, double least, double most) {
        if (!(value >= least && value <= most) || value != Math.rint(value)) {
            throw new IllegalArgumentException(name + " of type " + type + " cannot hold the value " + value);
        }
        return (long) value;
    }

    private void requireRoom(long more) {
        if (more > bytes - written - buffer.position()) {
            throw new IllegalStateException(name + " gets more values than the " + bytes / type.bytes() + " it has");
        }
    }

    private void drain() throws IOException {
        buffer.flip();
        int some = buffer.remaining();
        file.write(at + written, buffer, sum);
        written += some;
        buffer.clear();
    }

    /** Writes what is left, and sees that this is all. */
    void finish() throws IOException {
        drain();
        if (written != bytes) {
            throw new IOException(file.path() + ": " + name + " has got " + written / type.bytes() + " of its "
                    + bytes / type.bytes() + " values");
        }
        file.note(name, at, bytes, sum);
    }
}
