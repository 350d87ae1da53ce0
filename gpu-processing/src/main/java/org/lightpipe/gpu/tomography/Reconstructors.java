package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.Optional;
import org.lightpipe.gpu.device.Compute;

/**
 * The ways to reconstruct, all of them on every backend:
 *
 * <ul>
 *   <li>{@code fbp} and {@code linerec}: filtered back projection, linearly interpolated. Two names for the same thing
 *       where the axis does not lean; with a tilt it is {@link #laminography}. Values are attenuation per column.
 *   <li>{@code fourierrec}: tomocupy's Fourier grid, with its Gaussian; equal to the two above but for the
 *       interpolation.
 *   <li>{@code gridrec}: tomopy's numbers, as they are: values about a seventh larger than the attenuation, their mean
 *       over the slice lost, and with an odd number of columns the axis lies a pixel further than in the others.
 * </ul>
 */
final class Reconstructors {

    private Reconstructors() {}

    /**
     * @param algorithm one of the four names
     * @param compute where; used until the reconstructor is closed
     * @throws IOException if the device fails or has too little memory
     */
    static Reconstructor of(String algorithm, FilterWindow filter, Geometry geometry, Compute compute)
            throws IOException {
        requireTwoColumns(geometry);
        return new FiniteSlices(
                compute.device().isPresent()
                        ? new DeviceSlices(compute.device().get(), geometry, maker(algorithm, filter, geometry))
                        : onThreads(algorithm, filter, geometry, compute),
                geometry);
    }

    private static Reconstructor onThreads(String algorithm, FilterWindow filter, Geometry geometry, Compute compute) {
        return switch (algorithm) {
            case "fbp", "linerec" -> new FilteredBackProjection(filter, geometry, compute.threads());
            case "gridrec" ->
                new GriddedReconstruction(
                        Gridding.gridrec(filter, geometry), Optional.empty(), geometry, compute.threads());
            case "fourierrec" -> {
                double scale = Math.PI / geometry.projections();
                RowFilter rows = new RowFilter(filter, geometry.columns(), scale, compute.threads());
                yield new GriddedReconstruction(
                        Gridding.fourier(geometry), Optional.of(rows), geometry, compute.threads());
            }
            default -> throw unknown(algorithm);
        };
    }

    static DeviceAlgorithm.Maker maker(String algorithm, FilterWindow filter, Geometry geometry) {
        return switch (algorithm) {
            case "fbp", "linerec" -> new DeviceBackProjection.Maker(filter, geometry);
            case "gridrec" -> new DeviceGridding.Maker(Gridding.gridrec(filter, geometry), Optional.empty(), geometry);
            case "fourierrec" -> new DeviceGridding.Maker(Gridding.fourier(geometry), Optional.of(filter), geometry);
            default -> throw unknown(algorithm);
        };
    }

    /**
     * @return the bytes of device memory with which a reconstructor has {@code slices} in work; twice that lets it copy
     *     while it computes. With a tilt of the axis: what a volume of so many slices takes
     */
    static long bytes(String algorithm, Geometry geometry, int slices) {
        if (geometry.laminoAngle() != 0) {
            return DeviceTiltedBackProjection.bytes(geometry, slices);
        }
        return DeviceSlices.bytes(geometry, maker(algorithm, FilterWindow.RAMP, geometry), slices);
    }

    /** @return the bytes of memory that the java backend takes, beside sinograms and slices */
    static long hostBytes(String algorithm, Geometry geometry) {
        long columns = geometry.columns();
        long sinogram = 4 * columns * geometry.projections();
        long length = Gridding.powerOfTwo(Math.max(16, geometry.columns()));
        long lines = 8 * length * geometry.projections();
        return switch (algorithm) {
            case "fbp", "linerec" -> sinogram + 4 * columns * columns + FilteredBackProjection.samplesBytes(geometry);
            case "gridrec" -> lines + 8 * length * length;
            case "fourierrec" -> 2 * sinogram + lines + 8 * 4 * length * length;
            default -> throw unknown(algorithm);
        };
    }

    /**
     * @param firstSlice the first slice of the volume, counted as the rows of the detector are
     * @param slices how many are made at a time; all are in memory, on the device or here
     * @throws IOException if the device fails or has too little memory
     */
    static VolumeReconstructor laminography(
            FilterWindow filter, Geometry geometry, int firstSlice, int slices, Compute compute) throws IOException {
        requireTwoColumns(geometry);
        if (geometry.rows() < 2) {
            throw new IllegalArgumentException("laminography needs 2 rows or more, not " + geometry.rows());
        }
        return compute.device().isPresent()
                ? new DeviceTiltedBackProjection(compute.device().get(), filter, geometry, firstSlice, slices)
                : new TiltedBackProjection(filter, geometry, firstSlice, slices, compute.threads());
    }

    private static void requireTwoColumns(Geometry geometry) {
        if (geometry.columns() < 2) {
            throw new IllegalArgumentException("a slice needs 2 columns or more, not " + geometry.columns());
        }
    }

    private static IllegalArgumentException unknown(String algorithm) {
        return new IllegalArgumentException(
                "algorithm " + algorithm + " is not one of fbp, linerec, gridrec and fourierrec");
    }
}
