package org.lightpipe.gpu.fft;

import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Mark;
import org.lightpipe.gpu.device.Device.Program;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/**
 * Batched Fourier transforms of one length on a device, in place, of interleaved complex floats (real, imaginary).
 * Neither direction is normalised: forward and inverse after each other multiply by the length.
 *
 * <p>The method is Stockham's, of radix 8 with a last step of 4 or 2 (C. Van Loan, Computational Frameworks for the
 * Fast Fourier Transform, 1992, section 1.7), within the memory of a group up to {@value #SHORT} and in two passes over
 * the memory of the device beyond.
 */
public final class DeviceFft implements AutoCloseable {

    private static final int LONGEST = 65_536;

    /** What fits into the memory of a group; see fft.cu, as for the next two. */
    private static final int SHORT = 2048;

    private static final int LOG_TILE = 11;
    private static final int ITEMS = 256;
    private static final int LOG_SIDE = 4;

    /** Up to this length columns are read as they lie: eight beside each other, 64 bytes, is what memory gives at once. */
    private static final int LOG_COLUMNS = 8;

    private static final int VALUE_BYTES = 8;

    /** For what lies between the two passes; small enough to stay in the cache of a large device. */
    private static final int SCRATCH_BYTES = 16 << 20;

    private static final float FORWARD = -1;
    private static final float INVERSE = 1;

    private final int logLength;
    private final Kernel lines;
    private final Kernel transpose;
    private final Buffer table;
    private final Buffer scratch;
    private Stream lastStream;
    private Mark lastUse;

    /**
     * Keeps the roots of unity on the device; done when it returns.
     *
     * @param device on which it computes
     * @param length a power of two from 2 to 65,536
     */
    public DeviceFft(Device device, int length) throws DeviceException {
        if (length < 2 || length > LONGEST || Integer.bitCount(length) != 1) {
            throw new IllegalArgumentException(
                    "a transform of " + length + " values, but it must be a power of two from 2 to " + LONGEST);
        }
        logLength = Integer.numberOfTrailingZeros(length);
        Program program = device.program(DeviceFft.class, "fft");
        lines = program.kernel("fft_lines");
        transpose = program.kernel("fft_transpose");
        table = device.allocate((long) length * VALUE_BYTES);
        try (Stream stream = device.stream()) {
            stream.upload(roots(length), table, 0);
            scratch = length > SHORT ? device.allocate(SCRATCH_BYTES) : null;
        } catch (DeviceException e) {
            table.close();
            throw e;
        }
    }

    /** @return cosines and sines of 2πj/length */
    private static float[] roots(int length) {
        float[] roots = new float[2 * length];
        for (int j = 0; j < length; j++) {
            double angle = 2 * Math.PI * j / length;
            roots[2 * j] = (float) Math.cos(angle);
            roots[2 * j + 1] = (float) Math.sin(angle);
        }
        return roots;
    }

    /** @return the bytes that it keeps on the device for a batch, beside the data; they do not grow with the batch */
    public static long bytes(int length, int batch) {
        return (long) length * VALUE_BYTES + (length > SHORT ? SCRATCH_BYTES : 0);
    }

    /** Transforms {@code [batch][length]} with exp(-2πi jk/length). */
    public void forward(Stream stream, Buffer data, int batch) throws DeviceException {
        check(data, batch, 1);
        rows(stream, data, batch, FORWARD);
    }

    /** Transforms {@code [batch][length]} with exp(+2πi jk/length). */
    public void inverse(Stream stream, Buffer data, int batch) throws DeviceException {
        check(data, batch, 1);
        rows(stream, data, batch, INVERSE);
    }

    /** Transforms square images {@code [batch][length][length]} with exp(-2πi …) along both axes. */
    public void forward2d(Stream stream, Buffer data, int batch) throws DeviceException {
        images(stream, data, batch, FORWARD);
    }

    /** Transforms square images {@code [batch][length][length]} with exp(+2πi …) along both axes. */
    public void inverse2d(Stream stream, Buffer data, int batch) throws DeviceException {
        images(stream, data, batch, INVERSE);
    }

    private void check(Buffer data, int batch, int dimensions) {
        long values = (long) batch << (dimensions * logLength);
        if (batch < 0 || values > data.bytes() / VALUE_BYTES) {
            throw new IllegalArgumentException(batch + " transforms of " + values + " values in " + dimensions
                    + " dimensions do not lie within a buffer of " + data.bytes() + " bytes");
        }
    }

    private void images(Stream stream, Buffer data, int batch, float sign) throws DeviceException {
        check(data, batch, 2);
        long all = (long) batch << logLength;
        rows(stream, data, all, sign);
        if (logLength <= LOG_COLUMNS) {
            Lines columns = new Lines(logLength, 2 * logLength, logLength, logLength, 0, logLength, false);
            run(stream, columns, data, 0, data, 0, sign, all);
        } else {
            transpose(stream, data, batch);
            rows(stream, data, all, sign);
            transpose(stream, data, batch);
        }
    }

    private void rows(Stream stream, Buffer data, long count, float sign) throws DeviceException {
        if (scratch == null) {
            Lines rows = new Lines(logLength, logLength, 0, 0, 0, 0, false);
            run(stream, rows, data, 0, data, 0, sign, count);
        } else {
            longRows(stream, data, count, sign);
        }
    }

    /** Two steps of large radices, the second behind the roots between them. */
    private void longRows(Stream stream, Buffer data, long count, float sign) throws DeviceException {
        int logFirst = (logLength + 1) / 2;
        int logSecond = logLength - logFirst;
        Lines first = new Lines(logFirst, logLength, logSecond, logSecond, logFirst, 0, false);
        Lines second = new Lines(logSecond, logLength, logFirst, logFirst, 0, logFirst, true);
        if (lastUse != null && lastStream != stream) {
            // the scratch memory is one for all queues
            stream.after(lastUse);
        }
        long part = SCRATCH_BYTES / ((long) VALUE_BYTES << logLength);
        for (long done = 0; done < count; done += part) {
            long rows = Math.min(part, count - done);
            long start = done << logLength;
            run(stream, first, data, start, scratch, 0, sign, rows << logSecond);
            run(stream, second, scratch, 0, data, start, sign, rows << logFirst);
        }
        Mark use = stream.mark();
        if (lastUse != null) {
            lastUse.close();
        }
        lastUse = use;
        lastStream = stream;
    }

    /** Where the values of lines lie; the names are those of fft.cu. */
    private record Lines(
            int logLength, int logBlock, int logLines, int logIn, int logOutLine, int logOut, boolean turned) {}

    private void run(
            Stream stream, Lines shape, Buffer from, long fromStart, Buffer to, long toStart, float sign, long count)
            throws DeviceException {
        int logOfGroup = LOG_TILE - shape.logLength();
        long groups = (count + (1L << logOfGroup) - 1) >> logOfGroup;
        lines.launch(
                stream,
                Size.of(groups * ITEMS, ITEMS),
                from,
                to,
                table,
                shape.logLength(),
                logLength,
                shape.logBlock(),
                shape.logLines(),
                shape.logIn(),
                shape.logOutLine(),
                shape.logOut(),
                shape.turned() ? 1 : 0,
                sign,
                fromStart,
                toStart,
                count);
    }

    private void transpose(Stream stream, Buffer data, int batch) throws DeviceException {
        int logTiles = Math.max(0, logLength - LOG_SIDE);
        long groups = (long) batch << (2 * logTiles);
        transpose.launch(stream, Size.of(groups * ITEMS, ITEMS), data, logLength, logTiles);
    }

    @Override
    public void close() {
        if (lastUse != null) {
            lastUse.close();
        }
        table.close();
        if (scratch != null) {
            scratch.close();
        }
    }
}
