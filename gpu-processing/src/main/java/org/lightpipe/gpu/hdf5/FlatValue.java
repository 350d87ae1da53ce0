package org.lightpipe.gpu.hdf5;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.lightpipe.gpu.core.NumberType;

/**
 * A value of Java as it is stored: numbers one after the other.
 *
 * @param shape none for a single number
 */
record FlatValue(NumberType type, long[] shape, byte[] bytes) {

    private static final int MOST_DIMENSIONS = 5;

    /** @param value a boxed number, or a rectangular array of numbers of one to five dimensions */
    static FlatValue of(Object value) {
        if (value instanceof Number number) {
            NumberType type = type(number.getClass());
            ByteBuffer bytes = ByteBuffer.allocate(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            put(number, bytes);
            return new FlatValue(type, new long[0], bytes.array());
        }
        Class<?> element = value.getClass();
        Object first = value;
        long[] shape = new long[0];
        long values = 1;
        while (element.isArray()) {
            int length = first == null ? 0 : Array.getLength(first);
            shape = Arrays.copyOf(shape, shape.length + 1);
            shape[shape.length - 1] = length;
            values *= length;
            element = element.getComponentType();
            first = length == 0 || element.isPrimitive() ? null : Array.get(first, 0);
        }
        if (shape.length == 0 || shape.length > MOST_DIMENSIONS) {
            throw new IllegalArgumentException(value.getClass().getSimpleName() + " cannot be stored in HDF5");
        }
        NumberType type = type(element);
        if (values * type.bytes() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    "an array of the shape " + Arrays.toString(shape) + " is too large to be written at once");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) values * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        put(value, shape, 0, bytes);
        return new FlatValue(type, shape, bytes.array());
    }

    private static NumberType type(Class<?> element) {
        if (element == byte.class || element == Byte.class) {
            return NumberType.INT8;
        }
        if (element == short.class || element == Short.class) {
            return NumberType.INT16;
        }
        if (element == int.class || element == Integer.class) {
            return NumberType.INT32;
        }
        if (element == long.class || element == Long.class) {
            return NumberType.INT64;
        }
        if (element == float.class || element == Float.class) {
            return NumberType.FLOAT32;
        }
        if (element == double.class || element == Double.class) {
            return NumberType.FLOAT64;
        }
        throw new IllegalArgumentException(element.getSimpleName() + " cannot be stored in HDF5");
    }

    private static void put(Number number, ByteBuffer into) {
        switch (type(number.getClass())) {
            case INT8 -> into.put(number.byteValue());
            case INT16 -> into.putShort(number.shortValue());
            case INT32 -> into.putInt(number.intValue());
            case INT64 -> into.putLong(number.longValue());
            case FLOAT32 -> into.putFloat(number.floatValue());
            default -> into.putDouble(number.doubleValue());
        }
    }

    private static void put(Object values, long[] shape, int dimension, ByteBuffer into) {
        if (values == null || Array.getLength(values) != shape[dimension]) {
            throw new IllegalArgumentException("an array is not rectangular, so it cannot be stored in HDF5");
        }
        int bytes = into.position();
        if (values instanceof byte[] row) {
            into.put(row);
        } else if (values instanceof short[] row) {
            into.asShortBuffer().put(row);
            into.position(bytes + Short.BYTES * row.length);
        } else if (values instanceof int[] row) {
            into.asIntBuffer().put(row);
            into.position(bytes + Integer.BYTES * row.length);
        } else if (values instanceof long[] row) {
            into.asLongBuffer().put(row);
            into.position(bytes + Long.BYTES * row.length);
        } else if (values instanceof float[] row) {
            into.asFloatBuffer().put(row);
            into.position(bytes + Float.BYTES * row.length);
        } else if (values instanceof double[] row) {
            into.asDoubleBuffer().put(row);
            into.position(bytes + Double.BYTES * row.length);
        } else {
            for (Object inner : (Object[]) values) {
                if (inner instanceof Number number) {
                    put(number, into);
                } else {
                    put(inner, shape, dimension + 1, into);
                }
            }
        }
    }
}
