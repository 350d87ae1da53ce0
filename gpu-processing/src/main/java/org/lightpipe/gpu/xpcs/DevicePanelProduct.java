package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.DeviceException;

/** Products on a device: one block of times stays there while the blocks that follow go by. */
final class DevicePanelProduct implements PanelProduct {

    /** Elements of the panel that a group of the kernel makes, in each direction. */
    private static final int TILE = 64;

    private static final int GROUP = 16;

    private static final int MOST_PIXELS = 1 << 15;

    private final Device device;
    private final int length;
    private final int pixelsAtOnce;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final Device.Kernel kernel;
    private final Device.Stream stream;
    private final Device.StagingBuffer staged;
    private final Device.Buffer one;
    private final Device.Buffer other;
    private final Device.Buffer sums;
    private final Device.StagingBuffer received;
    private double[][] panel = new double[0][];
    private float[][] held;
    private int columns;

    /**
     * @param length of a block
     * @param mostColumns of a panel
     */
    DevicePanelProduct(Device device, int length, int mostColumns) throws DeviceException {
        this.device = device;
        this.length = length;
        boolean whole = false;
        try {
            kernel = device.program(DevicePanelProduct.class, "twotime").kernel("twotime_panel");
            stream = opened(device.stream());
            sums = opened(device.allocate(8L * length * mostColumns));
            pixelsAtOnce = (int) Math.max(GROUP, Math.min(MOST_PIXELS, device.available() / (8L * length) - GROUP));
            one = opened(device.allocate(4L * length * pixelsAtOnce));
            other = opened(device.allocate(4L * length * pixelsAtOnce));
            staged = opened(device.staging(4 * length * pixelsAtOnce));
            received = opened(device.staging(8 * mostColumns));
            whole = true;
        } finally {
            if (!whole) {
                close();
            }
        }
    }

    /** @return the bytes of the device without which nothing goes, and those with which it goes best */
    static long bytes(int length, int mostColumns, boolean best) {
        return 8L * length * mostColumns + 8L * length * (best ? MOST_PIXELS + GROUP : 4 * GROUP);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
    }

    @Override
    public int pixelsAtOnce() {
        return pixelsAtOnce;
    }

    @Override
    public void begin(int rows, int columns) throws DeviceException {
        this.columns = columns;
        held = null;
        if (panel.length != rows || panel[0].length != columns) {
            panel = new double[rows][columns];
        }
        stream.zero(sums, 0, 8L * rows * columns);
    }

    @Override
    public void add(float[][] a, float[][] b, int column) throws DeviceException {
        if (a != held) {
            upload(a, one);
            held = a;
        }
        if (a != b) {
            upload(b, other);
        }
        long items = (long) (length + TILE - 1) / TILE * GROUP;
        kernel.launch(
                stream,
                Device.Size.of(items, items, GROUP, GROUP),
                one,
                a == b ? one : other,
                sums,
                a.length,
                length,
                columns,
                column);
    }

    private void upload(float[][] series, Device.Buffer to) throws DeviceException {
        // the staging buffer may still be on its way from the call before
        stream.finish();
        FloatBuffer values = staged.bytes().clear().asFloatBuffer();
        for (float[] single : series) {
            values.put(single);
        }
        stream.upload(staged, 0, to, 0, 4L * length * series.length);
    }

    @Override
    public double[][] end() throws IOException {
        for (int row = 0; row < panel.length; row++) {
            stream.download(sums, 8L * row * columns, received, 0, 8L * columns);
            stream.finish();
            DoubleBuffer values = received.bytes().clear().asDoubleBuffer();
            values.get(panel[row]);
        }
        return panel;
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            AutoCloseable resource = opened.pop();
            try {
                resource.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("memory of " + device.name() + " cannot be freed", e);
            }
        }
    }
}
