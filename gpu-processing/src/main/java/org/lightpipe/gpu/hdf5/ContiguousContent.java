package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** Values that lie one after the other in the file. */
final class ContiguousContent implements Content {

    /** What is read at once by one thread. */
    private static final long PIECE = 1 << 21;

    /** Up to this length, more than was asked for is read where that saves many small reads. */
    private static final long SPAN = 1 << 20;

    private static final long SHORT = 16_384;
    private static final int WASTE = 4;

    private final Store store;
    private final long address;
    private final long[] strides;
    private final int elementSize;

    ContiguousContent(Store store, long address, long[] shape, int elementSize) throws IOException {
        this.store = store;
        this.address = address;
        this.strides = Content.strides(shape, elementSize);
        this.elementSize = elementSize;
        long elements = Dataspace.product(shape);
        if (elements > Long.MAX_VALUE / elementSize) {
            throw Refusal.damaged("it has " + elements + " values of " + elementSize + " bytes");
        }
        store.requireInside(address, elements * elementSize, "block of its values");
    }

    @Override
    public Pieces pieces(long[] offset, int[] count, Target target) {
        long start = address;
        int first = -1;
        long bytes = elementSize;
        for (int i = 0; i < count.length; i++) {
            start += offset[i] * strides[i];
            bytes *= count[i];
            if (first < 0 && count[i] > 1) {
                first = i;
            }
        }
        long from = start;
        if (first < 0 || bytes <= PIECE) {
            return new Content.Single(() -> read(from, count, target.at(), target, 0));
        }
        int dimension = first;
        int step = (int) Math.max(1, PIECE * count[dimension] / bytes);
        int pieces = (count[dimension] - 1) / step + 1;
        return new Pieces() {
            @Override
            public int count() {
                return pieces;
            }

            @Override
            public void read(int piece) throws IOException {
                long at = (long) piece * step;
                int[] some = count.clone();
                some[dimension] = (int) Math.min(step, count[dimension] - at);
                ContiguousContent.this.read(
                        from + at * strides[dimension],
                        some,
                        target.at() + at * target.strides()[dimension],
                        target,
                        0);
            }
        };
    }

    /** Reads a block whose dimensions before one are done. */
    private void read(long from, int[] count, long to, Target target, int dimension) throws IOException {
        int inner = dimension;
        while (inner < count.length && count[inner] == 1) {
            inner++;
        }
        long wanted = elementSize;
        long span = elementSize;
        boolean together = true;
        for (int i = count.length - 1; i >= inner; i--) {
            if (count[i] > 1) {
                together &= strides[i] == wanted && target.strides()[i] == wanted;
                span += (count[i] - 1) * strides[i];
                wanted *= count[i];
            }
        }
        if (together) {
            store.read(from, target.values(), (int) to, (int) wanted);
            return;
        }
        long run = elementSize;
        for (int i = count.length - 1; i >= inner && (strides[i] == run || count[i] == 1); i--) {
            run *= count[i];
        }
        if (span <= SPAN && (span == wanted || run < SHORT && span <= WASTE * Math.max(wanted, SHORT))) {
            byte[] bytes = new byte[(int) span];
            store.read(from, bytes, 0, bytes.length);
            int[] rest = count.clone();
            java.util.Arrays.fill(rest, 0, inner, 1);
            new Target(target.values(), to, target.strides()).put(bytes, 0, strides, rest, elementSize);
            return;
        }
        for (int i = 0; i < count[inner]; i++) {
            read(from + i * strides[inner], count, to + i * target.strides()[inner], target, inner + 1);
        }
    }
}
