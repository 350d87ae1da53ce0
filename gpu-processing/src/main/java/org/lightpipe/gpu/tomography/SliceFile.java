package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

/**
 * The result, in the manner of NXtomoproc: {@code /entry/data/data}, one slice {@code [y][x]} or a volume
 * {@code [z][y][x]} of attenuation per pixel, with its axes, and {@code /entry/reconstruction}, which says how it was made.
 */
final class SliceFile {

    private static final String DATA = "/entry/data/data";
    private static final String PROCESS = "/entry/reconstruction";

    private final Hdf5Writer file;
    private final Hdf5Writer.Values values;
    private final Scan scan;
    private final Slices slices;
    private final int size;
    private float[] middle;

    private SliceFile(Hdf5Writer file, Hdf5Writer.Values values, Scan scan, Slices slices) {
        this.file = file;
        this.values = values;
        this.scan = scan;
        this.slices = slices;
        size = scan.columns();
    }

    /**
     * @param pixelSize in µm before binning; null = not known
     * @param factor of the binning
     */
    static SliceFile begin(Hdf5Writer file, Scan scan, Slices slices, Double pixelSize, int factor) throws IOException {
        int size = scan.columns();
        file.group("/entry", "NXentry");
        file.attribute("/entry", "default", "data");
        file.dataset("/entry/definition", "NXtomoproc", "");
        file.group("/entry/data", "NXdata");
        file.attribute("/entry/data", "signal", "data");
        file.attribute("/entry/data", "axes", slices.single() ? new String[] {"y", "x"} : new String[] {"z", "y", "x"});
        Hdf5Writer.Values values = slices.single()
                ? file.dataset(DATA, NumberType.FLOAT32, size, size)
                : file.dataset(DATA, NumberType.FLOAT32, slices.count(), size, size);
        file.attribute(DATA, "units", "1/pixel");
        file.attribute(DATA, "long_name", "linear attenuation per pixel");
        axis(file, "x", -(size / 2), size, 1, pixelSize, factor);
        axis(file, "y", size - 1 - size / 2, size, -1, pixelSize, factor);
        if (!slices.single()) {
            axis(file, "z", slices.first(), slices.count(), 1, pixelSize, factor);
        }
        return new SliceFile(file, values, scan, slices);
    }

    /** In µm from the axis (z: from the first row of the detector), or in pixels. */
    private static void axis(Hdf5Writer file, String name, int first, int count, int step, Double pixelSize, int factor)
            throws IOException {
        IntStream places = IntStream.range(0, count).map(i -> first + step * i);
        if (pixelSize == null) {
            file.dataset("/entry/data/" + name, places.toArray(), "pixel");
        } else {
            file.dataset(
                    "/entry/data/" + name,
                    places.mapToDouble(place -> place * pixelSize * factor).toArray(),
                    "um");
        }
    }

    /**
     * Appends slices.
     *
     * @param into {@code [slice][row][column]}
     * @param from the number of the first of them, counted from the first that was asked for
     */
    void write(float[] into, int from, int count) throws IOException {
        values.write(into, 0, count * size * size);
        int wanted = slices.middle() - slices.first();
        if (wanted >= from && wanted < from + count) {
            middle = Arrays.copyOfRange(into, (wanted - from) * size * size, (wanted - from + 1) * size * size);
        }
    }

    /** @return the slice in the middle, {@code [row][column]} */
    float[] middle() {
        return middle;
    }

    /** Says how it was made. */
    void end(Map<String, Object> parameters) throws IOException {
        file.group(PROCESS, "NXprocess");
        file.dataset(PROCESS + "/program", "lightpipe gpu:tomography", "");
        file.dataset(PROCESS + "/rotation_center", parameters.get("center"), "pixel");
        file.dataset(PROCESS + "/rotation_angle", scan.angles(), "rad");
        String group = PROCESS + "/parameters";
        file.group(group, "NXparameters");
        file.dataset(group + "/raw_file", scan.file(), "");
        for (Map.Entry<String, Object> parameter : parameters.entrySet()) {
            file.dataset(group + "/" + parameter.getKey(), parameter.getValue(), "");
        }
    }
}
