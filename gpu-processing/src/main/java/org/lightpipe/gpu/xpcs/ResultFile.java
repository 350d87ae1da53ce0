package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;

/**
 * The layout of a result: boost_corr's under {@code /xpcs}, which the viewers of the community read, and a NeXus entry
 * with the correlation over the delay as its plot, in the words of NXxpcs.
 */
final class ResultFile {

    private static final String MULTITAU = "/xpcs/multitau";
    private static final String TWOTIME = "/xpcs/twotime";
    private static final String MAPS = TWOTIME + "/correlation_map";
    private static final String G2 = MULTITAU + "/unnormalized_G2";
    private static final String DATA = "/entry/data";
    private static final String ENTRY_TWOTIME = "/entry/twotime";

    /** The group in which viewers look to know the layout. */
    private static final String KNOWN_BY = "/entry/instrument/bluesky/metadata";

    private static final long MOST_MAP_BYTES = 1L << 30;

    private final Hdf5Writer writer;
    private final List<TwoTime.Diagonals> diagonals = new ArrayList<>();

    ResultFile(Hdf5Writer writer) throws IOException {
        this.writer = writer;
        writer.group("/entry", "NXentry");
    }

    /** The maps as they were used, and whatever else the file has beside them. */
    void qmap(Hdf5File file) throws InvalidInputException, IOException {
        new Copier(file, writer, MOST_MAP_BYTES).group("/qmap", "/xpcs/qmap");
        Optional<String> hash = file.attribute("/qmap", "hash");
        if (hash.isPresent()) {
            writer.attribute("/xpcs/qmap", "hash", hash.get());
        }
    }

    /**
     * @param metadata those of the beamline; empty: none
     * @param frameTime seconds, if they are known; without them the unit of time is a frame
     */
    void entry(Optional<Metadata> metadata, Optional<String> input, OptionalDouble frameTime)
            throws InvalidInputException, IOException {
        if (metadata.isPresent()) {
            metadata.get().copy(writer);
        } else {
            writer.group("/entry/instrument", "NXinstrument");
            writer.group("/entry/instrument/detector_1", "NXdetector");
            writer.dataset(
                    "/entry/instrument/detector_1/frame_time",
                    frameTime.orElse(1),
                    frameTime.isPresent() ? "s" : "frame");
        }
        if (metadata.isEmpty() || !metadata.get().has(KNOWN_BY)) {
            writer.group(KNOWN_BY, "NXcollection");
        }
        if (input.isPresent()) {
            writer.dataset("/xpcs/rawdata_path", input.get(), "");
        }
    }

    void config(String group, Map<String, Object> values) throws IOException {
        for (Map.Entry<String, Object> value : values.entrySet()) {
            writer.dataset(group + "/config/" + value.getKey(), value.getValue(), "");
        }
    }

    void scattering(Scattering scattering, QMap map, Partition partition, boolean[] bad) throws IOException {
        String path = "/xpcs/temporal_mean/scattering_2d";
        float[] mean = scattering.mean(partition, map);
        Hdf5Writer.Values image = writer.dataset(path, NumberType.FLOAT32, 1, map.rows(), map.columns());
        image.write(mean, 0, mean.length);
        writer.attribute(path, "units", "counts");
        writer.dataset(
                "/xpcs/temporal_mean/scattering_1d", new float[][] {scattering.ofStatic(partition, bad)}, "counts");
        float[] intensity = scattering.intensity();
        float[] index = new float[intensity.length];
        for (int i = 0; i < index.length; i++) {
            index[i] = i;
        }
        writer.dataset("/xpcs/spatial_mean/intensity_vs_time", new float[][] {index, intensity}, "");
    }

    void segments(float[][] segments) throws IOException {
        if (segments[0].length > 0) {
            writer.dataset("/xpcs/temporal_mean/scattering_1d_segments", segments, "counts");
        }
    }

    void multitau(long[] taus, Averages averages, Map<String, Object> config) throws IOException {
        config(MULTITAU, config);
        writer.dataset(MULTITAU + "/delay_list", taus, "samples");
        writer.dataset(MULTITAU + "/normalized_g2", averages.g2(), "");
        writer.dataset(MULTITAU + "/normalized_g2_err", averages.error(), "");
    }

    void pixels(PixelPlanes planes, QMap map, Partition partition) throws IOException {
        planes.write(writer, G2, partition.order(), map.rows(), map.columns());
    }

    /** The plot that opens first: a curve for each dynamic bin. */
    void plot(double[] delays, String unit, Averages averages, boolean withPixels) throws IOException {
        writer.attribute("/entry", "default", "data");
        writer.group(DATA, "NXdata");
        writer.attribute(DATA, "signal", "g2");
        writer.attribute(DATA, "axes", new String[] {"dynamic_bin", "delay"});
        writer.attribute(DATA, "title", "Correlation of the intensity");
        int bins = averages.g2()[0].length;
        int[] numbers = new int[bins];
        for (int i = 0; i < bins; i++) {
            numbers[i] = i + 1;
        }
        writer.dataset(DATA + "/dynamic_bin", numbers, "");
        writer.dataset(DATA + "/delay", delays, unit);
        writer.dataset(DATA + "/g2", turned(averages.g2()), "");
        writer.attribute(DATA + "/g2", "interpretation", "spectrum");
        writer.attribute(DATA + "/g2", "storage_mode", "one_array_q_first");
        writer.dataset(DATA + "/g2_errors", turned(averages.error()), "");
        writer.softLink(DATA + "/g2_derr", DATA + "/g2_errors");
        writer.softLink(DATA + "/delay_difference", MULTITAU + "/delay_list");
        writer.softLink(DATA + "/frame_average", "/xpcs/temporal_mean/scattering_2d");
        if (withPixels) {
            writer.softLink(DATA + "/G2_unnormalized", G2);
        }
    }

    private static float[][] turned(float[][] values) {
        float[][] turned = new float[values[0].length][values.length];
        for (int i = 0; i < values.length; i++) {
            for (int j = 0; j < turned.length; j++) {
                turned[j][i] = values[i][j];
            }
        }
        return turned;
    }

    /** @return takes the map of one more dynamic bin */
    TwoTime.Rows map(int samples) throws IOException {
        String path = String.format("%s/c2_%05d", MAPS, diagonals.size() + 1);
        Hdf5Writer.Values values = writer.dataset(path, NumberType.FLOAT32, samples, samples);
        return (time, row) -> values.write(row, 0, samples);
    }

    /** Keeps the diagonals of the map that was written last. */
    void diagonals(TwoTime.Diagonals values) {
        diagonals.add(values);
    }

    void twotime(SortedSet<Integer> bins, Map<String, Object> config, double sampleTime, String unit)
            throws IOException {
        config(TWOTIME, config);
        writer.dataset(
                TWOTIME + "/processed_bins",
                bins.stream().mapToInt(Integer::intValue).toArray(),
                "");
        int samples = diagonals.get(0).g2().length;
        int part = diagonals.get(0).segments()[0].length;
        float[][] g2 = new float[samples][diagonals.size()];
        float[][][] segments = new float[part][TwoTime.SEGMENTS][diagonals.size()];
        for (int bin = 0; bin < diagonals.size(); bin++) {
            for (int k = 0; k < samples; k++) {
                g2[k][bin] = diagonals.get(bin).g2()[k];
            }
            for (int k = 0; k < part; k++) {
                for (int i = 0; i < TwoTime.SEGMENTS; i++) {
                    segments[k][i][bin] = diagonals.get(bin).segments()[i][k];
                }
            }
        }
        writer.dataset(TWOTIME + "/normalized_g2", g2, "");
        if (part > 0) {
            writer.dataset(TWOTIME + "/normalized_g2_segments", segments, "");
        }
        writer.group(ENTRY_TWOTIME, "NXdata");
        writer.attribute(ENTRY_TWOTIME, "signal", "two_time_corr_func");
        writer.attribute(ENTRY_TWOTIME, "axes", new String[] {"time", "time"});
        double[] times = new double[samples];
        for (int i = 0; i < samples; i++) {
            times[i] = i * sampleTime;
        }
        writer.dataset(ENTRY_TWOTIME + "/time", times, unit);
        String first = MAPS + "/c2_00001";
        writer.attribute(first, "storage_mode", "data_exchange_keys");
        writer.attribute(first, "baseline_reference", 1);
        writer.attribute(first, "populated_elements", "upper_half");
        writer.attribute(first, "time_origin_location", "upper_left");
        writer.softLink(ENTRY_TWOTIME + "/two_time_corr_func", first);
        writer.softLink(ENTRY_TWOTIME + "/g2_from_two_time_corr_func", TWOTIME + "/normalized_g2");
    }

    /** Only the two-time correlation was computed: its map is the plot that opens first. */
    void plotTwotime() throws IOException {
        writer.attribute("/entry", "default", "twotime");
    }
}
