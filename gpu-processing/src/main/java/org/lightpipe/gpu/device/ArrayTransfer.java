package org.lightpipe.gpu.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.StagingBuffer;

/** Copies arrays of the heap through a small staging buffer, so that no copy holds up the garbage collector. */
final class ArrayTransfer {

    private static final int BYTES = 1 << 20;

    private final Device device;
    private final Device.Stream stream;
    private StagingBuffer staging;

    ArrayTransfer(Device device, Device.Stream stream) {
        this.device = device;
        this.stream = stream;
    }

    void upload(float[] from, Buffer to, long toByte) throws DeviceException {
        Span.check("buffer", toByte, 4L * from.length, to.bytes());
        FloatBuffer window = window(from.length).asFloatBuffer();
        for (int done = 0; done < from.length; done += window.capacity()) {
            int count = Math.min(window.capacity(), from.length - done);
            window.clear().put(from, done, count);
            toDevice(to, toByte + 4L * done, 4L * count);
        }
    }

    void upload(int[] from, Buffer to, long toByte) throws DeviceException {
        Span.check("buffer", toByte, 4L * from.length, to.bytes());
        IntBuffer window = window(from.length).asIntBuffer();
        for (int done = 0; done < from.length; done += window.capacity()) {
            int count = Math.min(window.capacity(), from.length - done);
            window.clear().put(from, done, count);
            toDevice(to, toByte + 4L * done, 4L * count);
        }
    }

    void download(Buffer from, long fromByte, float[] to) throws DeviceException {
        Span.check("buffer", fromByte, 4L * to.length, from.bytes());
        FloatBuffer window = window(to.length).asFloatBuffer();
        for (int done = 0; done < to.length; done += window.capacity()) {
            int count = Math.min(window.capacity(), to.length - done);
            stream.download(from, fromByte + 4L * done, staging, 0, 4L * count);
            stream.finish();
            window.clear().get(to, done, count);
        }
    }

    private void toDevice(Buffer to, long toByte, long bytes) throws DeviceException {
        stream.upload(staging, 0, to, toByte, bytes);
        stream.finish();
    }

    /** @return a view of the staging buffer, which grows to its full size with the first large array */
    private ByteBuffer window(int values) throws DeviceException {
        int wanted = (int) Math.min(BYTES, Math.max(4096, 4L * values));
        if (staging == null || staging.bytes().capacity() < wanted) {
            close();
            staging = device.staging(wanted);
        }
        return staging.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
    }

    void close() {
        if (staging != null) {
            staging.close();
            staging = null;
        }
    }
}
