package org.lightpipe.gpu.tomography;

import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/** One way to reconstruct slices on a device, with the buffers that it needs for some of them. */
interface DeviceAlgorithm extends AutoCloseable {

    /**
     * Queues the reconstruction of slices.
     *
     * @param sinograms {@code [slice][projection][column]}
     * @param slices {@code [slice][row][column]}
     * @param count at most as many as it was made for
     */
    void queue(Stream stream, Buffer sinograms, Buffer slices, int count) throws DeviceException;

    @Override
    void close();

    /** Makes instances for different numbers of slices. */
    interface Maker {

        /** @return the bytes that an instance takes on the device, beside sinograms and slices */
        long bytes(int slices);

        /** @return the bytes of the largest buffer among them */
        long largestBuffer(int slices);

        /** @param stream what the instance uploads for itself goes through it */
        DeviceAlgorithm make(Device device, Stream stream, int slices) throws DeviceException;
    }
}
