package org.lightpipe.gpu.tomography;

/** A scan that fits the memory, in the order of sinograms. */
final class MemoryStore implements ProjectionStore {

    private final int projections;
    private final int columns;
    private final float[] all;

    MemoryStore(int projections, int rows, int columns) {
        this.projections = projections;
        this.columns = columns;
        all = new float[Math.multiplyExact(Math.multiplyExact(projections, rows), columns)];
    }

    @Override
    public void putProjections(int first, int count, int firstRow, int height, float[] values) {
        for (int i = 0; i < count; i++) {
            for (int row = 0; row < height; row++) {
                System.arraycopy(values, (i * height + row) * columns, all, at(firstRow + row, first + i), columns);
            }
        }
    }

    @Override
    public void putRows(int firstRow, int height, float[] values) {
        System.arraycopy(values, 0, all, at(firstRow, 0), height * projections * columns);
    }

    @Override
    public void projections(int first, int count, int firstRow, int height, float[] into) {
        for (int i = 0; i < count; i++) {
            for (int row = 0; row < height; row++) {
                System.arraycopy(all, at(firstRow + row, first + i), into, (i * height + row) * columns, columns);
            }
        }
    }

    @Override
    public void rows(int firstRow, int height, float[] into) {
        System.arraycopy(all, at(firstRow, 0), into, 0, height * projections * columns);
    }

    private int at(int row, int projection) {
        return (row * projections + projection) * columns;
    }

    @Override
    public void close() {
        // the memory goes with the object
    }
}
