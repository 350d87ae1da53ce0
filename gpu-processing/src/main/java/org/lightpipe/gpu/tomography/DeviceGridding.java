package org.lightpipe.gpu.tomography;

import java.util.Optional;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Program;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;
import org.lightpipe.gpu.fft.DeviceFft;

/**
 * Reconstruction by {@link Gridding} on a device. Each point of the grid gathers from the lines near it, which gives the
 * sums that gridrec makes by spreading values over points, without work items that write to one place.
 */
final class DeviceGridding implements DeviceAlgorithm {

    /** As the kernel has it. */
    private static final int PAIRS_PER_ITEM = 4;

    private static final int GROUP = 16;
    private static final int LINE_GROUP = 64;

    private final Maker maker;
    private final Optional<DeviceRowFilter> filter;
    private final Optional<Buffer> filtered;
    private final Buffer order;
    private final Buffer directions;
    private final Buffer buckets;
    private final int bucketCount;
    private final Buffer weights;
    private final Buffer factors;
    private final Buffer correction;
    private final Buffer lines;
    private final Buffer grid;
    private final DeviceFft lineFft;
    private final DeviceFft gridFft;
    private final Kernel packLines;
    private final Kernel filterLines;
    private final Kernel gridLines;
    private final Kernel takeSlices;

    private DeviceGridding(Device device, Stream stream, Maker maker, int slices) throws DeviceException {
        this.maker = maker;
        Geometry geometry = maker.geometry();
        Gridding gridding = maker.gridding();
        Program program = device.program(DeviceGridding.class, "gridding");
        packLines = program.kernel("pack_lines");
        filterLines = program.kernel("filter_lines");
        gridLines = program.kernel("grid_lines");
        takeSlices = program.kernel("take_slices");
        int projections = geometry.projections();
        if (maker.window().isPresent()) {
            filter = Optional.of(new DeviceRowFilter(
                    device,
                    stream,
                    maker.window().get(),
                    geometry.columns(),
                    slices,
                    projections,
                    1,
                    0,
                    Math.PI / projections));
            filtered = Optional.of(device.allocate(maker.filteredBytes(slices)));
        } else {
            filter = Optional.empty();
            filtered = Optional.empty();
        }
        LineOrder lineOrder = LineOrder.of(geometry.angles());
        order = device.allocate(4L * projections);
        stream.upload(lineOrder.projections(), order, 0);
        directions = device.allocate(8L * projections);
        stream.upload(DeviceBackProjection.directions(lineOrder.angles()), directions, 0);
        buckets = device.allocate(4L * lineOrder.buckets().length);
        bucketCount = lineOrder.buckets().length - 1;
        stream.upload(lineOrder.buckets(), buckets, 0);
        weights = constant(device, stream, gridding.kernel());
        factors = constant(device, stream, gridding.factors());
        correction = constant(device, stream, gridding.correction());
        lines = device.allocate(maker.lineBytes(slices));
        grid = device.allocate(gridding.gridBytes() * pairs(slices));
        lineFft = new DeviceFft(device, gridding.length());
        gridFft = new DeviceFft(device, gridding.size());
    }

    private static Buffer constant(Device device, Stream stream, float[] values) throws DeviceException {
        Buffer buffer = device.allocate(4L * values.length);
        stream.upload(values, buffer, 0);
        return buffer;
    }

    private static int pairs(int slices) {
        return (slices + 1) / 2;
    }

    /**
     * The maker of these.
     *
     * @param window of the filter, if the factors of the gridding have none
     */
    record Maker(Gridding gridding, Optional<FilterWindow> window, Geometry geometry) implements DeviceAlgorithm.Maker {

        @Override
        public long bytes(int slices) {
            long filter =
                    window.isPresent() ? DeviceRowFilter.bytes(geometry.columns(), slices, geometry.projections()) : 0;
            int pairs = pairs(slices);
            long transforms = DeviceFft.bytes(gridding.length(), pairs * geometry.projections())
                    + DeviceFft.bytes(gridding.size(), pairs * gridding.size());
            long constants = 4L
                    * (gridding.kernel().length
                            + gridding.factors().length
                            + gridding.correction().length
                            + 64L * geometry.projections());
            return filter
                    + filteredBytes(slices)
                    + lineBytes(slices)
                    + gridding.gridBytes() * pairs
                    + transforms
                    + constants;
        }

        @Override
        public long largestBuffer(int slices) {
            return Math.max(lineBytes(slices), gridding.gridBytes() * pairs(slices));
        }

        @Override
        public DeviceAlgorithm make(Device device, Stream stream, int slices) throws DeviceException {
            return new DeviceGridding(device, stream, this, slices);
        }

        private long filteredBytes(int slices) {
            return window.isPresent() ? 4L * slices * geometry.projections() * geometry.columns() : 0;
        }

        private long lineBytes(int slices) {
            return 8L * pairs(slices) * geometry.projections() * gridding.length();
        }
    }

    @Override
    public void queue(Stream stream, Buffer sinograms, Buffer slices, int count) throws DeviceException {
        Geometry geometry = maker.geometry();
        Gridding gridding = maker.gridding();
        int projections = geometry.projections();
        int columns = geometry.columns();
        int length = gridding.length();
        int size = gridding.size();
        int pairs = pairs(count);
        Buffer rows = filtered.orElse(sinograms);
        if (filter.isPresent()) {
            filter.get().queue(stream, sinograms, rows, count, projections);
        }
        Size all = new Size(length, projections, pairs, LINE_GROUP, 1, 1);
        packLines.launch(stream, all, rows, order, lines, count, projections, columns, length);
        lineFft.inverse(stream, lines, pairs * projections);
        filterLines.launch(stream, all, lines, factors, pairs, projections, length);
        long groups = (pairs + PAIRS_PER_ITEM - 1) / PAIRS_PER_ITEM;
        gridLines.launch(
                stream,
                new Size(size, size, groups, GROUP, GROUP, 1),
                lines,
                directions,
                buckets,
                weights,
                grid,
                pairs,
                projections,
                length,
                size,
                gridding.reach(),
                (float) gridding.perPoint(),
                bucketCount);
        gridFft.forward2d(stream, grid, pairs);
        takeSlices.launch(
                stream,
                new Size(columns, columns, count, GROUP, GROUP, 1),
                grid,
                correction,
                slices,
                count,
                columns,
                size,
                gridding.origin());
    }

    @Override
    public void close() {
        gridFft.close();
        lineFft.close();
        grid.close();
        lines.close();
        correction.close();
        factors.close();
        weights.close();
        buckets.close();
        directions.close();
        order.close();
        filtered.ifPresent(Buffer::close);
        filter.ifPresent(DeviceRowFilter::close);
    }
}
