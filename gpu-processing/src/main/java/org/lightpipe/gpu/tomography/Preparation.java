package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntConsumer;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.core.WorkPool;

/**
 * Makes attenuation of counts, in as many bytes as there are. Some steps look along the angles (a row of all projections),
 * some at whole projections; where both are wanted, or where the file would have to be decoded many times, the scan is
 * turned over in a store: in memory if it fits, in a temporary file if not. Used by one thread at a time.
 */
final class Preparation implements AutoCloseable {

    /** Told how far it is. */
    interface Progress {
        /** @param done from 0 to 1 */
        void at(double done) throws InterruptedException;
    }

    /** Takes projections one block after the other. */
    interface Sink {
        /** @param projections {@code [projection][row][column]} of attenuation, valid until the call returns */
        void take(float[] projections, int first, int count) throws IOException, InterruptedException;
    }

    private final Scan scan;
    private final FlatField field;
    private final int firstRow;
    private final int rows;
    private final Recipe recipe;
    private final WorkPool threads;
    private final LongAdder replaced = new LongAdder();

    /** What was turned over; null = the file is read as it is. */
    private ProjectionStore store;

    /** Whether the store holds attenuation already, or still counts. */
    private boolean finished;

    /**
     * @param field of the rows
     * @param firstRow of the detector
     * @param rows from there on, with those that only the phase retrieval needs
     */
    Preparation(Scan scan, FlatField field, int firstRow, int rows, Recipe recipe, WorkPool threads) {
        this.scan = scan;
        this.field = field;
        this.firstRow = firstRow;
        this.rows = rows;
        this.recipe = recipe;
        this.threads = threads;
    }

    /**
     * Does what must be done before the first sinogram.
     *
     * @param slab how many rows will be asked for at a time
     */
    void begin(int slab, Progress progress) throws InvalidInputException, IOException, InterruptedException {
        if (recipe.phase() != null) {
            keep(progress);
        } else if (slab < rows && scan.chunkRows() > slab && storeIsCheap()) {
            store = store();
            turnOver(progress);
        }
    }

    /** Makes attenuation of everything and keeps it, so that it can be asked for many times, in both orders. */
    void keep(Progress progress) throws InvalidInputException, IOException, InterruptedException {
        store = store();
        forEachProjections(
                (projections, first, count) -> store.putProjections(first, count, 0, rows, projections), progress);
        finished = true;
    }

    /** @param into {@code [row][projection][column]} of attenuation, rows counted from the first one */
    void sinograms(int from, int count, float[] into) throws InvalidInputException, IOException, InterruptedException {
        if (finished) {
            store.rows(from, count, into);
            return;
        }
        if (store != null) {
            store.rows(from, count, into);
        } else {
            read(from, count, into);
        }
        toTransmission(from, count, into);
        takeLogarithm(into, count * scan.projections());
    }

    /** Hands over all projections as attenuation. */
    void forEachProjections(Sink sink, Progress progress)
            throws InvalidInputException, IOException, InterruptedException {
        int perProjection = Math.multiplyExact(rows, scan.columns());
        int block = (int) Math.max(1, Math.min(scan.projections(), Memory.share(10) / (4L * perProjection)));
        boolean stored = finished || recipe.looksAlongAngles();
        if (stored && !finished) {
            store = store == null ? store() : store;
            makeTransmissionInStore(progress);
        }
        float[] values = new float[Math.multiplyExact(block, perProjection)];
        for (int first = 0; first < scan.projections(); first += block) {
            int count = Math.min(block, scan.projections() - first);
            if (stored) {
                store.projections(first, count, 0, rows, values);
            } else {
                readTransmission(first, count, values);
            }
            if (!finished && recipe.phase() != null) {
                recipe.phase().apply(values, count, rows, scan.columns(), threads);
            }
            if (!finished) {
                takeLogarithm(values, count * rows);
            }
            sink.take(values, first, count);
            double done = (double) (first + count) / scan.projections();
            progress.at(stored && !finished ? 0.5 + 0.5 * done : done);
        }
    }

    private void readTransmission(int first, int count, float[] values)
            throws InvalidInputException, IOException, InterruptedException {
        int columns = scan.columns();
        scan.counts(first, count, firstRow, rows, values, rows * columns, columns, threads);
        threads.forEach(count * rows, (from, to) -> {
            for (int line = from; line < to; line++) {
                replaced.add(field.transmission(values, line * columns, line % rows));
            }
        });
    }

    private void makeTransmissionInStore(Progress progress)
            throws InvalidInputException, IOException, InterruptedException {
        int slab = (int) Math.max(1, Math.min(rows, Memory.share(10) / (4L * scan.projections() * scan.columns())));
        float[] values = new float[Math.multiplyExact(slab, scan.projections() * scan.columns())];
        boolean turned = slab < rows && scan.chunkRows() > slab;
        if (turned) {
            turnOver(done -> progress.at(0.25 * done));
        }
        for (int from = 0; from < rows; from += slab) {
            int count = Math.min(slab, rows - from);
            if (turned) {
                store.rows(from, count, values);
            } else {
                read(from, count, values);
            }
            toTransmission(from, count, values);
            store.putRows(from, count, values);
            progress.at(0.25 + 0.25 * (from + count) / rows);
        }
    }

    /** Fills the store with counts, in blocks of whole chunks of the file. */
    private void turnOver(Progress progress) throws InvalidInputException, IOException, InterruptedException {
        int columns = scan.columns();
        int projections = scan.projections();
        long most = Memory.share(10) / 4 / columns;
        int height = rows;
        if (most / height < Math.min(projections, scan.chunkProjections())) {
            // chunks of many projections: their rows in bands
            long wanted = most / Math.min(projections, scan.chunkProjections());
            height = (int) Math.max(1, Math.min(rows, Math.max(1, wanted / scan.chunkRows()) * scan.chunkRows()));
        }
        int block = (int) Math.max(1, Math.min(projections, most / height));
        block = block > scan.chunkProjections() ? block / scan.chunkProjections() * scan.chunkProjections() : block;
        float[] values = new float[Math.multiplyExact(block, height * columns)];
        for (int row = 0; row < rows; row += height) {
            int band = Math.min(height, rows - row);
            for (int first = 0; first < projections; first += block) {
                int count = Math.min(block, projections - first);
                scan.counts(first, count, firstRow + row, band, values, band * columns, columns, threads);
                store.putProjections(first, count, row, band, values);
                progress.at((row + (double) band * (first + count) / projections) / rows);
            }
        }
    }

    private void read(int from, int count, float[] into)
            throws InvalidInputException, IOException, InterruptedException {
        int columns = scan.columns();
        int projections = scan.projections();
        scan.counts(0, projections, firstRow + from, count, into, columns, projections * columns, threads);
    }

    /** The steps along the angles take memory: as many rows at a time as it allows. */
    private void toTransmission(int from, int count, float[] values) throws InterruptedException {
        int columns = scan.columns();
        int projections = scan.projections();
        if (recipe.dezinger() != null) {
            eachRow(count, row -> recipe.dezinger().apply(values, row * projections * columns, projections, columns));
        }
        threads.forEach(count * projections, (begin, end) -> {
            for (int line = begin; line < end; line++) {
                replaced.add(field.transmission(values, line * columns, from + line / projections));
            }
        });
        if (recipe.stripes() != null) {
            eachRow(count, row -> recipe.stripes().apply(values, row * projections * columns, projections, columns));
        }
    }

    private void eachRow(int count, IntConsumer body) throws InterruptedException {
        long fit = Memory.share(4) / Math.max(1, recipe.bytes(scan.projections(), scan.columns()));
        int lanes = (int) Math.max(1, Math.min(count, fit));
        AtomicInteger next = new AtomicInteger();
        threads.forEach(lanes, (from, to) -> {
            for (int row = next.getAndIncrement(); row < count; row = next.getAndIncrement()) {
                body.accept(row);
            }
        });
    }

    private void takeLogarithm(float[] values, int lines) throws InterruptedException {
        if (recipe.minusLog()) {
            int columns = scan.columns();
            threads.forEach(lines, (from, to) -> FlatField.attenuation(values, from * columns, (to - from) * columns));
        }
    }

    private boolean storeIsCheap() throws IOException {
        return fitsMemory() || FileStore.space() / 2 > FileStore.bytes(scan.projections(), rows, scan.columns());
    }

    private boolean fitsMemory() {
        return FileStore.bytes(scan.projections(), rows, scan.columns()) < Math.min(Memory.share(5), 1L << 32);
    }

    private ProjectionStore store() throws IOException {
        if (fitsMemory()) {
            return new MemoryStore(scan.projections(), rows, scan.columns());
        }
        long bytes = FileStore.bytes(scan.projections(), rows, scan.columns());
        if (FileStore.space() < bytes) {
            throw new IOException(
                    scan.file() + ": the projections need " + Memory.text(bytes) + " on the disk to be turned"
                            + " over, and " + FileStore.directory() + " has " + Memory.text(FileStore.space())
                            + " left; another directory is chosen with -Djava.io.tmpdir");
        }
        return FileStore.create(scan.projections(), scan.columns());
    }

    /** @return the values so far that were no numbers and were bridged */
    long replaced() {
        return replaced.sum();
    }

    @Override
    public void close() throws IOException {
        if (store != null) {
            store.close();
        }
    }
}
