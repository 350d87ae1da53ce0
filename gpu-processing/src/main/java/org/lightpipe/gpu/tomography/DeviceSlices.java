package org.lightpipe.gpu.tomography;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Mark;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/**
 * Reconstruction on a device: as many slices at a time as its memory holds, in two lanes where it can, so that one is
 * filled and emptied while the device works on the other.
 */
final class DeviceSlices implements Reconstructor {

    /** The most memory of the host that a lane takes: more does not make copies any faster. */
    private static final long LARGEST_STAGING = 128L << 20;

    /** The kernels share their work between so many slices. */
    private static final int SHARED = 8;

    private final int sinogram;
    private final int slice;
    private final int perTile;
    private final List<Lane> lanes = new ArrayList<>();

    DeviceSlices(Device device, Geometry geometry, DeviceAlgorithm.Maker maker) throws DeviceException {
        this(device, geometry, maker, plan(device, geometry, maker));
    }

    /** For tests, which choose how little memory there is. */
    DeviceSlices(Device device, Geometry geometry, DeviceAlgorithm.Maker maker, Plan plan) throws DeviceException {
        this.sinogram = geometry.projections() * geometry.columns();
        this.slice = geometry.columns() * geometry.columns();
        this.perTile = plan.slices();
        try {
            for (int i = 0; i < plan.lanes(); i++) {
                lanes.add(new Lane(device, maker));
            }
        } catch (DeviceException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * How the memory is used.
     *
     * @param lanes that take turns
     * @param slices of a lane
     */
    record Plan(int lanes, int slices) {}

    /** @return the bytes of the device that a lane takes */
    static long bytes(Geometry geometry, DeviceAlgorithm.Maker maker, int slices) {
        long values = (long) geometry.columns() * (geometry.projections() + geometry.columns());
        return maker.bytes(slices) + 4 * values * slices;
    }

    private static long largestBuffer(Geometry geometry, DeviceAlgorithm.Maker maker, int slices) {
        long slice = 4L * geometry.columns() * Math.max(geometry.projections(), geometry.columns());
        return Math.max(slice * slices, maker.largestBuffer(slices));
    }

    private static Plan plan(Device device, Geometry geometry, DeviceAlgorithm.Maker maker) throws DeviceException {
        long perSlice = 4L * geometry.columns() * Math.max(geometry.projections(), geometry.columns());
        int most = (int) Math.max(1, Math.min(64, LARGEST_STAGING / perSlice));
        most = most >= SHARED ? most / SHARED * SHARED : most;
        for (int lanes = 2; lanes >= 1; lanes--) {
            // a few whole groups in two lanes are better than many in one, and a part of a group is worse than either
            for (int slices = most; slices >= (lanes == 2 ? Math.min(most, SHARED) : 1); slices -= step(slices)) {
                if (lanes * bytes(geometry, maker, slices) <= device.available()
                        && largestBuffer(geometry, maker, slices) <= device.largestBuffer()) {
                    return new Plan(lanes, slices);
                }
            }
        }
        throw new DeviceException(
                device.name() + ": a slice needs " + Memory.text(bytes(geometry, maker, 1)) + " of its memory with "
                        + Memory.text(largestBuffer(geometry, maker, 1)) + " in one piece, and "
                        + Memory.text(device.available()) + " are free with " + Memory.text(device.largestBuffer())
                        + " in one piece",
                false);
    }

    private static int step(int slices) {
        return slices > SHARED ? SHARED : 1;
    }

    @Override
    public int batch() {
        return perTile * lanes.size();
    }

    @Override
    public void reconstruct(float[] sinograms, int slices, float[] into) throws DeviceException, InterruptedException {
        int turn = 0;
        for (int first = 0; first < slices; first += perTile) {
            if (Thread.interrupted()) {
                throw new InterruptedException("reconstruction stopped before slice " + first);
            }
            Lane lane = lanes.get(turn++ % lanes.size());
            lane.finish(into);
            lane.start(sinograms, first, Math.min(perTile, slices - first));
        }
        for (int i = 0; i < lanes.size(); i++) {
            lanes.get(turn++ % lanes.size()).finish(into);
        }
    }

    @Override
    public void close() {
        lanes.forEach(Lane::close);
        lanes.clear();
    }

    /** One set of buffers, and the tile that is on its way through them. */
    private final class Lane {

        private final Stream stream;
        private final StagingBuffer staging;
        private final FloatBuffer floats;
        private final Buffer sinograms;
        private final Buffer slices;
        private final DeviceAlgorithm algorithm;
        private Mark done;
        private int first;
        private int count;

        Lane(Device device, DeviceAlgorithm.Maker maker) throws DeviceException {
            stream = device.stream();
            staging = device.staging(4 * perTile * Math.max(sinogram, slice));
            floats = staging.bytes().asFloatBuffer();
            sinograms = device.allocate(4L * perTile * sinogram);
            slices = device.allocate(4L * perTile * slice);
            algorithm = maker.make(device, stream, perTile);
        }

        void start(float[] values, int from, int some) throws DeviceException {
            first = from;
            count = some;
            floats.put(0, values, from * sinogram, some * sinogram);
            stream.upload(staging, 0, sinograms, 0, 4L * some * sinogram);
            algorithm.queue(stream, sinograms, slices, some);
            stream.download(slices, 0, staging, 0, 4L * some * slice);
            done = stream.mark();
        }

        void finish(float[] into) throws DeviceException {
            if (done != null) {
                done.await();
                done.close();
                done = null;
                floats.get(0, into, first * slice, count * slice);
            }
        }

        void close() {
            if (done != null) {
                done.close();
            }
            // ends what still runs in it before the buffers go
            stream.close();
            algorithm.close();
            slices.close();
            sinograms.close();
            staging.close();
        }
    }
}
