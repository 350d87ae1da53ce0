package org.lightpipe.gpu.tomography;

import java.nio.FloatBuffer;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Mark;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/** Laminography on a device, by the formulas of {@link TiltedBackProjection}. The volume stays on the device. */
final class DeviceTiltedBackProjection implements VolumeReconstructor {

    private static final int GROUP = 16;

    /** The most memory of the host that each of the two staging buffers takes. */
    private static final long LARGEST_STAGING = 32L << 20;

    private final Geometry geometry;
    private final int firstSlice;
    private final int count;
    private final int perTile;
    private final int perImage;
    private final Stream stream;
    private final StagingBuffer[] staging = new StagingBuffer[2];
    private final Mark[] uploaded = new Mark[2];
    private final Buffer projections;
    private final Buffer directions;
    private final Buffer volume;
    private final DeviceRowFilter filter;
    private final Kernel backProject;

    DeviceTiltedBackProjection(Device device, FilterWindow window, Geometry geometry, int firstSlice, int slices)
            throws DeviceException {
        this(device, window, geometry, firstSlice, slices, perTile(geometry));
    }

    /** For tests, which choose how many projections go at a time. */
    DeviceTiltedBackProjection(
            Device device, FilterWindow window, Geometry geometry, int firstSlice, int slices, int perTile)
            throws DeviceException {
        this.geometry = geometry;
        this.firstSlice = firstSlice;
        this.count = slices;
        this.perTile = perTile;
        this.perImage = geometry.rows() * geometry.columns();
        backProject = device.program(DeviceTiltedBackProjection.class, "backprojection")
                .kernel("back_project_tilted");
        stream = device.stream();
        for (int i = 0; i < staging.length; i++) {
            staging[i] = device.staging(4 * perTile * perImage);
        }
        projections = device.allocate(4L * perTile * perImage);
        directions = device.allocate(8L * geometry.projections());
        stream.upload(DeviceBackProjection.directions(geometry.angles()), directions, 0);
        filter = new DeviceRowFilter(
                device,
                stream,
                window,
                geometry.columns(),
                perTile,
                geometry.rows(),
                1,
                0,
                TiltedBackProjection.scale(geometry));
        volume = device.allocate(4L * slices * geometry.columns() * geometry.columns());
        stream.zero(volume, 0, volume.bytes());
    }

    private static int perTile(Geometry geometry) {
        long image = 4L * geometry.rows() * geometry.columns();
        return (int) Math.max(1, Math.min(geometry.projections(), LARGEST_STAGING / image));
    }

    /** @return the bytes of the device that a volume takes */
    static long bytes(Geometry geometry, int slices) {
        int tile = perTile(geometry);
        return 4L * tile * geometry.rows() * geometry.columns()
                + 8L * geometry.projections()
                + DeviceRowFilter.bytes(geometry.columns(), tile, geometry.rows())
                + 4L * slices * geometry.columns() * geometry.columns();
    }

    @Override
    public void add(float[] values, int first, int some) throws DeviceException, InterruptedException {
        for (int from = 0; from < some; from += perTile) {
            if (Thread.interrupted()) {
                throw new InterruptedException("laminography stopped before projection " + (first + from));
            }
            addTile(values, from, first + from, Math.min(perTile, some - from));
        }
    }

    private void addTile(float[] values, int from, int first, int some) throws DeviceException {
        int turn = first / perTile % 2;
        awaitUpload(turn);
        FloatBuffer floats = staging[turn].bytes().asFloatBuffer();
        floats.put(0, values, from * perImage, some * perImage);
        stream.upload(staging[turn], 0, projections, 0, 4L * some * perImage);
        uploaded[turn] = stream.mark();
        filter.queue(stream, projections, projections, some, geometry.rows());
        int columns = geometry.columns();
        double tilt = Math.PI / 2 + geometry.laminoAngle();
        backProject.launch(
                stream,
                new Size(columns, columns, count, GROUP, GROUP, 1),
                projections,
                directions,
                volume,
                (float) geometry.center(),
                (float) Math.cos(tilt),
                (float) Math.sin(tilt),
                first,
                some,
                geometry.rows(),
                columns,
                firstSlice,
                count);
    }

    private void awaitUpload(int turn) throws DeviceException {
        if (uploaded[turn] != null) {
            uploaded[turn].await();
            uploaded[turn].close();
            uploaded[turn] = null;
        }
    }

    @Override
    public void slices(int from, int some, float[] into) throws DeviceException {
        int slice = geometry.columns() * geometry.columns();
        if (some * slice == into.length) {
            stream.download(volume, 4L * (from - firstSlice) * slice, into);
            return;
        }
        float[] one = new float[slice];
        for (int i = 0; i < some; i++) {
            stream.download(volume, 4L * (from - firstSlice + i) * slice, one);
            System.arraycopy(one, 0, into, i * slice, slice);
        }
    }

    @Override
    public void close() {
        for (Mark mark : uploaded) {
            if (mark != null) {
                mark.close();
            }
        }
        // ends what still runs in it before the buffers go
        stream.close();
        filter.close();
        volume.close();
        directions.close();
        projections.close();
        for (StagingBuffer buffer : staging) {
            buffer.close();
        }
    }
}
