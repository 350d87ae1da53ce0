package org.lightpipe.gpu.frames;

import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/** The speed of the memory of a device: the limit of whatever touches each pixel only once. */
public final class DeviceBandwidth {

    /** The device memory that measuring takes. */
    public static final long BYTES = 768L << 20;

    private static final int COUNT = 64 << 20;
    private static final int GROUP = 256;
    private static final int ROUNDS = 8;

    private DeviceBandwidth() {}

    /**
     * Adds one array to another, a third one being the sum, again and again.
     *
     * @param device with {@link #BYTES} available
     * @return the bytes that were read and written in a second, at best
     */
    public static double measure(Device device) throws DeviceException {
        Kernel triad = device.program(DeviceBandwidth.class, "bandwidth").kernel("triad");
        try (Stream stream = device.stream();
                Buffer left = device.allocate(4L * COUNT);
                Buffer right = device.allocate(4L * COUNT);
                Buffer sum = device.allocate(4L * COUNT)) {
            stream.zero(left, 0, left.bytes());
            stream.zero(right, 0, right.bytes());
            double best = 0;
            for (int round = 0; round < ROUNDS; round++) {
                stream.finish();
                long begin = System.nanoTime();
                triad.launch(stream, Size.of(COUNT, GROUP), left, right, sum, 0.5f, COUNT);
                stream.finish();
                best = Math.max(best, 3 * 4.0 * COUNT / ((System.nanoTime() - begin) / 1e9));
            }
            return best;
        }
    }
}
