package org.lightpipe.gpu.core;

import java.nio.ByteBuffer;

/** How one value is stored; buffers that hold values are little-endian throughout. */
public enum NumberType {
    /** Signed 8 bits. */
    INT8(1) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.get(index);
        }
    },
    /** Unsigned 8 bits. */
    UINT8(1) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.get(index) & 0xff;
        }
    },
    /** Signed 16 bits. */
    INT16(2) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getShort(2 * index);
        }
    },
    /** Unsigned 16 bits. */
    UINT16(2) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getShort(2 * index) & 0xffff;
        }
    },
    /** Signed 32 bits. */
    INT32(4) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getInt(4 * index);
        }
    },
    /** Unsigned 32 bits. */
    UINT32(4) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getInt(4 * index) & 0xffffffffL;
        }
    },
    /** Signed 64 bits; read as the nearest double. */
    INT64(8) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getLong(8 * index);
        }
    },
    /** Unsigned 64 bits; read as the nearest double. */
    UINT64(8) {
        @Override
        double at(ByteBuffer values, int index) {
            long value = values.getLong(8 * index);
            return value >= 0 ? value : 2.0 * (value >>> 1 | value & 1);
        }
    },
    /** IEEE 754 single precision. */
    FLOAT32(4) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getFloat(4 * index);
        }
    },
    /** IEEE 754 double precision. */
    FLOAT64(8) {
        @Override
        double at(ByteBuffer values, int index) {
            return values.getDouble(8 * index);
        }
    };

    private final int bytes;

    NumberType(int bytes) {
        this.bytes = bytes;
    }

    /** @return the bytes of one value */
    public int bytes() {
        return bytes;
    }

    /** @return whether it is one of the two kinds of floating point */
    public boolean isFloat() {
        return this == FLOAT32 || this == FLOAT64;
    }

    /** @return the value at an index, counted in values from the beginning of a little-endian buffer */
    abstract double at(ByteBuffer values, int index);

    /**
     * @param values little-endian
     * @param from the index of the first value, counted in values from the beginning of the buffer
     * @param into where {@code count} values go, from {@code at} on
     */
    public void toDoubles(ByteBuffer values, int from, double[] into, int at, int count) {
        for (int i = 0; i < count; i++) {
            into[at + i] = at(values, from + i);
        }
    }

    /** Like {@link #toDoubles}; 32-bit integers beyond 2^24 are rounded. */
    public void toFloats(ByteBuffer values, int from, float[] into, int at, int count) {
        // one loop for each type, so that each of them is compiled (and vectorised) by itself
        switch (this) {
            case UINT8 -> {
                for (int i = 0; i < count; i++) {
                    into[at + i] = values.get(from + i) & 0xff;
                }
            }
            case UINT16 -> {
                for (int i = 0; i < count; i++) {
                    into[at + i] = values.getShort(2 * (from + i)) & 0xffff;
                }
            }
            case UINT32 -> {
                for (int i = 0; i < count; i++) {
                    into[at + i] = values.getInt(4 * (from + i)) & 0xffffffffL;
                }
            }
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    into[at + i] = values.getFloat(4 * (from + i));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    into[at + i] = (float) at(values, from + i);
                }
            }
        }
    }
}
