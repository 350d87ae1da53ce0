package org.lightpipe.gpu.tomography;

import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Program;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;
import org.lightpipe.gpu.fft.DeviceFft;

/** Filters projections on a device, two rows of an image in one complex transform, as {@link RowFilter} does. */
final class DeviceRowFilter implements AutoCloseable {

    /** So many complex values are filtered at a time. */
    private static final int AT_A_TIME = 1 << 22;

    private static final int GROUP = 64;

    private final int columns;
    private final int length;
    private final int interleave;
    private final int margin;
    private final int chunk;
    private final Buffer factors;
    private final Buffer padded;
    private final DeviceFft fft;
    private final Kernel pad;
    private final Kernel multiply;
    private final Kernel crop;

    /**
     * @param images the most that are filtered with one call
     * @param rows of an image
     * @param interleave how many images lie together, pixel by pixel, in the output
     * @param margin how many columns of the output are left alone on both sides of a row
     * @param scale a factor on everything
     */
    DeviceRowFilter(
            Device device,
            Stream stream,
            FilterWindow window,
            int columns,
            int images,
            int rows,
            int interleave,
            int margin,
            double scale)
            throws DeviceException {
        this.columns = columns;
        this.interleave = interleave;
        this.margin = margin;
        this.length = RampFilter.paddedLength(columns);
        this.chunk = chunk(columns, images, rows);
        Program program = device.program(DeviceRowFilter.class, "filter");
        this.pad = program.kernel("pad_rows");
        this.multiply = program.kernel("filter_rows");
        this.crop = program.kernel("crop_rows");
        this.factors = device.allocate(4L * (length / 2 + 1));
        stream.upload(RampFilter.factors(window, length, scale), factors, 0);
        this.padded = device.allocate(8L * length * chunk);
        this.fft = new DeviceFft(device, length);
    }

    /** @return the bytes that it takes on the device */
    static long bytes(int columns, int images, int rows) {
        int length = RampFilter.paddedLength(columns);
        int chunk = chunk(columns, images, rows);
        return 4L * (length / 2 + 1) + 8L * length * chunk + DeviceFft.bytes(length, chunk);
    }

    private static int chunk(int columns, int images, int rows) {
        long pairs = (long) images * ((rows + 1) / 2);
        return (int) Math.max(1, Math.min(pairs, AT_A_TIME / RampFilter.paddedLength(columns)));
    }

    /**
     * Queues the filtering of images.
     *
     * @param rows {@code [image][row][column]}
     * @param into {@code [image / interleave][row][margin + column + margin][image % interleave]}; may be the same where
     *     nothing is interleaved and there is no margin
     */
    void queue(Stream stream, Buffer rows, Buffer into, int images, int rowsPerImage) throws DeviceException {
        int all = images * ((rowsPerImage + 1) / 2);
        for (int first = 0; first < all; first += chunk) {
            int pairs = Math.min(chunk, all - first);
            Size spectrum = Size.of(length, pairs, GROUP, 1);
            pad.launch(stream, spectrum, rows, padded, first, pairs, rowsPerImage, columns, length);
            fft.forward(stream, padded, pairs);
            multiply.launch(stream, spectrum, padded, factors, pairs, length);
            fft.inverse(stream, padded, pairs);
            Size row = Size.of(columns, pairs, GROUP, 1);
            crop.launch(stream, row, padded, into, first, pairs, rowsPerImage, columns, length, interleave, margin);
        }
    }

    @Override
    public void close() {
        fft.close();
        padded.close();
        factors.close();
    }
}
