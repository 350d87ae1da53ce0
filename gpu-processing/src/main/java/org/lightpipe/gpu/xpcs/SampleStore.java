package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lightpipe.gpu.core.WorkPool;

/**
 * The samples of some pixels, turned to time series, in blocks of time: {@code [block][pixel][time in block]}. The last
 * block is filled up with zeros. Blocks stay in memory, or go to a temporary file where they do not fit.
 */
final class SampleStore implements AutoCloseable {

    private static final int BYTES_AT_ONCE = 1 << 20;

    private final int samples;
    private final int pixels;
    private final int length;
    private final WorkPool threads;
    private final FileChannel file;
    private final ByteBuffer buffer;
    private final List<float[][]> blocks = new ArrayList<>();
    private float[][] current;
    private int filled;
    private int written;

    /**
     * @param length of a block, in samples
     * @param inMemory whether all blocks fit
     */
    SampleStore(int samples, int pixels, int length, boolean inMemory, WorkPool threads) throws IOException {
        this.samples = samples;
        this.pixels = pixels;
        this.length = length;
        this.threads = threads;
        this.current = new float[pixels][length];
        int seriesAtOnce = Math.max(1, BYTES_AT_ONCE / (4 * length));
        this.buffer = inMemory
                ? null
                : ByteBuffer.allocateDirect(4 * length * seriesAtOnce).order(ByteOrder.nativeOrder());
        this.file = inMemory
                ? null
                : FileChannel.open(
                        Files.createTempFile("lightpipe-xpcs-", ".samples"),
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
    }

    int samples() {
        return samples;
    }

    /** @return samples in a block */
    int length() {
        return length;
    }

    /** @return how many blocks there are */
    int blocks() {
        return (samples + length - 1) / length;
    }

    /**
     * @param rows {@code [sample][position]}
     * @param from the position of the first of the pixels, which lie beside each other
     */
    void add(float[][] rows, int count, int from) throws IOException, InterruptedException {
        int done = 0;
        while (done < count) {
            int take = Math.min(count - done, length - filled);
            int skip = done;
            int at = filled;
            float[][] into = current;
            threads.forEach(pixels, (low, high) -> {
                for (int p = low; p < high; p++) {
                    float[] series = into[p];
                    for (int i = 0; i < take; i++) {
                        series[at + i] = rows[skip + i][from + p];
                    }
                }
            });
            filled += take;
            done += take;
            boolean last = written * (long) length + filled == samples;
            if (last) {
                Arrays.stream(current).forEach(series -> Arrays.fill(series, at + take, length, 0));
            }
            if (last || filled == length) {
                put(last);
            }
        }
    }

    private void put(boolean last) throws IOException {
        if (file == null) {
            blocks.add(current);
            current = last ? null : new float[pixels][length];
        } else {
            long at = place(written, 0);
            int p = 0;
            while (p < pixels) {
                FloatBuffer floats = buffer.clear().asFloatBuffer();
                while (p < pixels && floats.hasRemaining()) {
                    floats.put(current[p++]);
                }
                buffer.limit(4 * floats.position());
                while (buffer.hasRemaining()) {
                    at += file.write(buffer, at);
                }
            }
        }
        written++;
        filled = 0;
    }

    private long place(int block, int pixel) {
        return 4L * length * ((long) block * pixels + pixel);
    }

    /**
     * @param from the first pixel
     * @param to the pixel behind the last
     * @param bad by pixel, those that are left out
     * @return the series of the pixels of a range within a block; not to be changed
     */
    float[][] series(int block, int from, int to, boolean[] bad) throws IOException {
        List<float[]> series = new ArrayList<>(to - from);
        int p = from;
        while (p < to) {
            int end = file == null ? to : Math.min(to, p + buffer.capacity() / (4 * length));
            if (file != null) {
                fill(place(block, p), 4 * length * (end - p));
            }
            for (int i = p; i < end; i++) {
                if (!bad[i]) {
                    series.add(file == null ? blocks.get(block)[i] : buffered(i - p));
                }
            }
            p = end;
        }
        return series.toArray(float[][]::new);
    }

    private void fill(long at, int bytes) throws IOException {
        buffer.clear().limit(bytes);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, at + buffer.position()) < 0) {
                throw new IOException(
                        "the temporary file of the two-time correlation is shorter than what was written");
            }
        }
        buffer.flip();
    }

    private float[] buffered(int index) {
        float[] series = new float[length];
        buffer.asFloatBuffer().get(index * length, series);
        return series;
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
