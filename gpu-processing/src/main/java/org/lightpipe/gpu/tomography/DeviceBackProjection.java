package org.lightpipe.gpu.tomography;

import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/** Filtered back projection on a device; four slices share the places and weights of the interpolation. */
final class DeviceBackProjection implements DeviceAlgorithm {

    /** As the kernel has it. */
    private static final int INTERLEAVED = 4;

    /** Columns of zeros on both sides, to which a projection falls. */
    private static final int MARGIN = 1;

    private static final int GROUP = 16;

    private final Geometry geometry;
    private final DeviceRowFilter filter;
    private final Buffer filtered;
    private final Buffer directions;
    private final Kernel backProject;

    private DeviceBackProjection(Device device, Stream stream, FilterWindow window, Geometry geometry, int slices)
            throws DeviceException {
        this.geometry = geometry;
        int projections = geometry.projections();
        backProject =
                device.program(DeviceBackProjection.class, "backprojection").kernel("back_project");
        filter = new DeviceRowFilter(
                device,
                stream,
                window,
                geometry.columns(),
                slices,
                projections,
                INTERLEAVED,
                MARGIN,
                Math.PI / projections);
        filtered = device.allocate(filteredBytes(geometry, slices));
        directions = device.allocate(8L * projections);
        stream.upload(directions(geometry.angles()), directions, 0);
        // the margins, and places beside the last slice, which are read though nothing is made of them
        stream.zero(filtered, 0, filtered.bytes());
    }

    /** The maker of these. */
    record Maker(FilterWindow window, Geometry geometry) implements DeviceAlgorithm.Maker {
        @Override
        public long bytes(int slices) {
            return DeviceRowFilter.bytes(geometry.columns(), slices, geometry.projections())
                    + filteredBytes(geometry, slices)
                    + 8L * geometry.projections();
        }

        @Override
        public long largestBuffer(int slices) {
            return filteredBytes(geometry, slices);
        }

        @Override
        public DeviceAlgorithm make(Device device, Stream stream, int slices) throws DeviceException {
            return new DeviceBackProjection(device, stream, window, geometry, slices);
        }
    }

    private static long filteredBytes(Geometry geometry, int slices) {
        long groups = (slices + INTERLEAVED - 1) / INTERLEAVED;
        return groups * INTERLEAVED * 4 * geometry.projections() * (geometry.columns() + 2 * MARGIN);
    }

    /** @return cosine and sine of each angle */
    static float[] directions(double[] angles) {
        float[] directions = new float[2 * angles.length];
        for (int i = 0; i < angles.length; i++) {
            directions[2 * i] = (float) Math.cos((float) angles[i]);
            directions[2 * i + 1] = (float) Math.sin((float) angles[i]);
        }
        return directions;
    }

    @Override
    public void queue(Stream stream, Buffer sinograms, Buffer slices, int count) throws DeviceException {
        int columns = geometry.columns();
        int projections = geometry.projections();
        filter.queue(stream, sinograms, filtered, count, projections);
        long groups = (count + INTERLEAVED - 1) / INTERLEAVED;
        backProject.launch(
                stream,
                new Size(columns, columns, groups, GROUP, GROUP, 1),
                filtered,
                directions,
                slices,
                (float) geometry.center(),
                projections,
                columns,
                count);
    }

    @Override
    public void close() {
        directions.close();
        filtered.close();
        filter.close();
    }
}
