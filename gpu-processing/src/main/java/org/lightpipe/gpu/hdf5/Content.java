package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** The values of a dataset as they are stored, wherever they lie. Thread-safe. */
interface Content {

    /**
     * @param offset where a block begins in each dimension
     * @param count its length in each dimension, none of them 0
     * @param target where it goes
     */
    Pieces pieces(long[] offset, int[] count, Target target) throws IOException;

    /** @return bytes from a value to the next one in each dimension, where they lie one after the other */
    static long[] strides(long[] shape, int elementSize) {
        long[] strides = new long[shape.length];
        long stride = elementSize;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        return strides;
    }

    /** Values that were never written. */
    record Nothing(byte[] fill) implements Content {
        @Override
        public Pieces pieces(long[] offset, int[] count, Target target) {
            return new Single(() -> target.fill(fill, count));
        }
    }

    /** Values that lie in the header of the dataset. */
    record Compact(byte[] values, long[] shape, int elementSize) implements Content {

        public Compact {
            if (values.length < Dataspace.product(shape) * elementSize) {
                throw Refusal.damaged("it has " + values.length + " bytes of values, less than its shape needs");
            }
        }

        @Override
        public Pieces pieces(long[] offset, int[] count, Target target) {
            long[] strides = strides(shape, elementSize);
            long at = 0;
            for (int i = 0; i < offset.length; i++) {
                at += offset[i] * strides[i];
            }
            long from = at;
            return new Single(() -> target.put(values, from, strides, count, elementSize));
        }
    }

    /** The only piece there is. */
    record Single(Reading reading) implements Pieces {

        /** What is done for it. */
        interface Reading {
            void read() throws IOException;
        }

        @Override
        public int count() {
            return 1;
        }

        @Override
        public void read(int piece) throws IOException {
            reading.read();
        }
    }
}
