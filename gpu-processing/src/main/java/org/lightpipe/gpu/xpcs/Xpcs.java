package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.Memory;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/**
 * X-ray photon correlation spectroscopy: multi-tau and two-time correlation of the intensity of pixels, averaged over
 * the bins of a qmap. Conventions and result layout are boost_corr's.
 *
 * <p>Pixels that the detector marks as bad in any frame (see {@link PixelDecoder}) are left out of the averages, as if
 * they were masked.
 */
public final class Xpcs implements Technique<XpcsOptions> {

    private static final String TWOTIME = "Twotime";
    private static final String MULTITAU = "Multitau";
    private static final int MOST_CURVES = 9;

    @Override
    public String name() {
        return "xpcs";
    }

    @Override
    public String summary() {
        return "Multi-tau and two-time correlation of speckles, by bins of a qmap";
    }

    @Override
    public XpcsOptions options() {
        return new XpcsOptions();
    }

    @Override
    public void check(XpcsOptions options) {
        if (options.getQmap().isBlank()) {
            throw new IllegalArgumentException(
                    "qmap is not given; it names the file with /qmap/dynamic_roi_map," + " static_roi_map and mask");
        }
        require(options.getStrideFrame() >= 1, "strideFrame", options.getStrideFrame(), "1 or more");
        require(options.getAvgFrame() >= 1, "avgFrame", options.getAvgFrame(), "1 or more");
        double crop = options.getCropRatioThreshold();
        require(crop >= 0 && crop <= 1, "cropRatioThreshold", crop, "0 to 1");
        double time = options.getFrameTime();
        require(time >= 0 && time < Double.POSITIVE_INFINITY, "frameTime", time, "0 or more seconds");
        require(
                List.of(MULTITAU, TWOTIME, "Both").contains(options.getType()),
                "type",
                options.getType(),
                "Multitau, Twotime or Both");
        require(
                List.of("sqmap", "dqmap", "none").contains(options.getSmooth()),
                "smooth",
                options.getSmooth(),
                "sqmap, dqmap or none");
        DqSelection.check(options.getDqSelection());
    }

    private static void require(boolean fits, String option, Object value, String allowed) {
        if (!fits) {
            throw new IllegalArgumentException(option + "=" + value + ", but it must be " + allowed);
        }
    }

    @Override
    public Summary run(Job job, XpcsOptions options) throws InvalidInputException, IOException, InterruptedException {
        try (Hdf5File qmapFile = Hdf5File.open(job.companion("qmap", options.getQmap()))) {
            QMap written = QMap.read(qmapFile);
            FrameSource frames = job.frames(options.getDataset());
            QMap map = written.fitting(frames.description(), frames.rows(), frames.columns());
            FrameSelection selection = FrameSelection.of(options, frames.frames(), frames.description());
            Optional<Metadata> metadata = Metadata.of(job, options.getMetaFname());
            try {
                return new Run(job, options, qmapFile, map, frames, selection, metadata, map != written).run();
            } finally {
                if (metadata.isPresent()) {
                    metadata.get().close();
                }
            }
        }
    }

    /** One input on its way. */
    private static final class Run {

        private final Job job;
        private final XpcsOptions options;
        private final Hdf5File qmapFile;
        private final QMap map;
        private final FrameSelection selection;
        private final Optional<Metadata> metadata;
        private final boolean turned;
        private final FrameSource frames;
        private final Partition partition;
        private final SortedSet<Integer> bins;
        private final SampleReader reader;
        private final Scattering scattering;
        private final boolean multitau;
        private final boolean twotime;
        private final Quality quality = new Quality();
        private final List<Preview.Curve> curves = new ArrayList<>();
        private final OptionalDouble frameTime;

        Run(
                Job job,
                XpcsOptions options,
                Hdf5File qmapFile,
                QMap map,
                FrameSource frames,
                FrameSelection selection,
                Optional<Metadata> metadata,
                boolean turned)
                throws InvalidInputException, IOException {
            this.job = job;
            this.options = options;
            this.qmapFile = qmapFile;
            this.map = map;
            this.frames = frames;
            this.selection = selection;
            this.metadata = metadata;
            this.turned = turned;
            this.multitau = !options.getType().equals(TWOTIME);
            this.twotime = !options.getType().equals(MULTITAU);
            Partition whole = Partition.of(map, options.getCropRatioThreshold());
            this.bins = DqSelection.of(options.getDqSelection(), whole.filledDynamic());
            if (twotime) {
                requireBins(whole.filledDynamic());
            }
            // boost_corr reads nothing else for a two-time correlation alone, and its mean intensities are of that
            this.partition = multitau ? whole : Partition.of(map, bins);
            this.reader = new SampleReader(frames, selection, partition.order(), job.threads());
            this.scattering = new Scattering(selection.samples(), partition.order().length, job.threads());
            this.frameTime = options.getFrameTime() > 0
                    ? OptionalDouble.of(options.getFrameTime())
                    : metadata.isPresent() ? metadata.get().frameTime() : OptionalDouble.empty();
        }

        private void requireBins(SortedSet<Integer> filled) throws InvalidInputException {
            for (int bin : bins) {
                if (!filled.contains(bin)) {
                    throw new InvalidInputException(map.description() + ": dqSelection=" + options.getDqSelection()
                            + ", but no pixel is in the dynamic bin " + bin + "; the bins are " + filled.first()
                            + " to " + filled.last());
                }
            }
        }

        Summary run() throws InvalidInputException, IOException, InterruptedException {
            int samples = selection.samples();
            Delays delays = Delays.of(samples);
            int correlated = options.isSaveG2() ? partition.order().length : partition.binned();
            int rows = reader.rowsPerBlock();
            int from = twotime ? positionOf(bins.first(), true) : 0;
            int to = twotime ? positionOf(bins.last(), false) : 0;
            int length = twotime ? TwoTime.blockLength(samples, to - from) : 0;
            if (twotime && length == 0) {
                throw new InvalidInputException(frames.description() + ": a two-time correlation of " + samples
                        + " samples and " + (to - from) + " pixels does not fit into the memory of "
                        + Memory.text(Memory.share(1)) + "; start with a larger -Xmx, choose fewer bins with"
                        + " dqSelection, or average frames with avgFrame");
            }
            long columns = twotime ? (long) (samples + length - 1) / length * length : 0;
            long least = Math.max(
                    multitau ? Correlation.bytes(delays, partition, correlated, rows, false) : 0,
                    twotime ? DevicePanelProduct.bytes(length, (int) columns, false) : 0);
            long best = Math.max(
                    multitau ? Correlation.bytes(delays, partition, correlated, rows, true) : 0,
                    twotime ? DevicePanelProduct.bytes(length, (int) columns, true) : 0);
            Compute compute = job.compute(least, Math.max(least, best));

            ResultFile file = new ResultFile(job.result());
            file.qmap(qmapFile);
            file.entry(metadata, Metadata.input(job).map(Path::toString), frameTime);
            SampleStore store = twotime
                    ? new SampleStore(
                            samples, to - from, length, TwoTime.inMemory(samples, to - from, length), job.threads())
                    : null;
            try (SampleStore closing = store) {
                if (multitau) {
                    multitau(file, delays, correlated, compute, block -> keep(store, block, from, to));
                } else {
                    reader.forEachBlock(block -> {
                        scattering.add(block);
                        keep(store, block, from, to);
                        job.progress(0.5 * (block.first() + block.count()) / samples);
                    });
                }
                file.scattering(scattering, map, partition, reader.bad());
                quality.frames(scattering, selection, partition, reader.bad(), reader.saturated());
                if (twotime) {
                    twotime(file, closing, from, compute);
                }
            }
            return summary();
        }

        private int positionOf(int bin, boolean begin) {
            List<Cell> cells = partition.of(bin);
            return begin ? cells.get(0).from() : cells.get(cells.size() - 1).to();
        }

        /** The last one who sees the block, which it smooths in place. */
        private void keep(SampleStore store, SampleBlock block, int from, int to)
                throws IOException, InterruptedException {
            if (store != null) {
                int[] groups = groups(from, to);
                if (groups.length > 0) {
                    TwoTime.smooth(block.rows(), block.count(), groups, reader.bad(), job.threads());
                }
                store.add(block.rows(), block.count(), from);
            }
        }

        /** @return where the groups begin over which a sample is smoothed, and where the last ends */
        private int[] groups(int from, int to) {
            List<Integer> begins = new ArrayList<>();
            int bin = 0;
            for (Cell cell : partition.cells()) {
                boolean within = cell.from() >= from && cell.to() <= to;
                boolean first = options.getSmooth().equals("sqmap") || cell.dynamicBin() != bin;
                if (within && first && !options.getSmooth().equals("none")) {
                    begins.add(cell.from());
                    bin = cell.dynamicBin();
                }
            }
            if (!begins.isEmpty()) {
                begins.add(to);
            }
            return begins.stream().mapToInt(Integer::intValue).toArray();
        }

        private void multitau(
                ResultFile file, Delays delays, int correlated, Compute compute, SampleBlock.Consumer keeper)
                throws InvalidInputException, IOException, InterruptedException {
            // samples kept for the two-time correlation want their part of the memory
            int part = twotime ? 4 : 2;
            int perPass = Math.min(
                    correlated, Correlation.pixelsPerPass(delays, partition, reader.rowsPerBlock(), compute, part));
            Correlation correlation = new Correlation(reader, partition, delays, correlated, compute, perPass);
            double share = (twotime ? 0.5 : 1.0) / correlation.passes();
            try (PixelPlanes planes =
                    options.isSaveG2() ? new PixelPlanes(partition.order().length, delays.count()) : null) {
                CellSums sums =
                        correlation.run(options.isNormalizeFrame(), Optional.ofNullable(planes), (pass, block) -> {
                            if (pass == 0) {
                                scattering.add(block);
                                keeper.accept(block);
                            }
                            double done = (double) (block.first() + block.count()) / selection.samples();
                            job.progress(share * (pass + done));
                        });
                Averages averages = Averages.of(sums, partition);
                file.multitau(delays.taus(), averages, config());
                file.segments(scattering.segments(partition, sums));
                if (planes != null) {
                    file.pixels(planes, map, partition);
                }
                double[] times = times(delays.taus());
                file.plot(times, unit(), averages, planes != null);
                quality.multitau(averages, delays.count());
                for (int bin : partition.filledDynamic()) {
                    if (curves.size() < MOST_CURVES) {
                        curves.add(new Preview.Curve("bin " + bin, times, column(averages.g2(), bin - 1)));
                    }
                }
            }
        }

        private void twotime(ResultFile file, SampleStore store, int from, Compute compute)
                throws IOException, InterruptedException {
            boolean[] bad = new boolean[positionOf(bins.last(), false) - from];
            System.arraycopy(reader.bad(), from, bad, 0, bad.length);
            double[] lags = new double[store.samples()];
            for (int i = 0; i < lags.length; i++) {
                lags[i] = i * sampleTime();
            }
            int done = 0;
            try (PanelProduct product = product(store, compute)) {
                for (int bin : bins) {
                    int begin = positionOf(bin, true) - from;
                    int end = positionOf(bin, false) - from;
                    TwoTime.Diagonals diagonals =
                            TwoTime.correlate(store, begin, end, bad, product, file.map(store.samples()));
                    file.diagonals(diagonals);
                    if (!multitau && curves.size() < MOST_CURVES) {
                        curves.add(new Preview.Curve("bin " + bin, lags, doubles(diagonals.g2())));
                    }
                    job.progress(0.5 + 0.5 * ++done / bins.size());
                }
            }
            Map<String, Object> config = config();
            config.put("smooth", options.getSmooth());
            config.put("dq_selection", options.getDqSelection());
            file.twotime(bins, config, sampleTime(), unit());
            if (!multitau) {
                file.plotTwotime();
            }
            quality.twotime(bins.size());
        }

        private PanelProduct product(SampleStore store, Compute compute) throws IOException {
            return compute.device().isPresent()
                    ? new DevicePanelProduct(compute.device().get(), store.length(), store.blocks() * store.length())
                    : new JavaPanelProduct(compute.threads(), store.length());
        }

        /** @return the time from sample to sample */
        private double sampleTime() {
            return frameTime.orElse(1) * selection.stride() * selection.average();
        }

        private String unit() {
            return frameTime.isPresent() ? "s" : "frame";
        }

        private double[] times(long[] taus) {
            double[] times = new double[taus.length];
            for (int i = 0; i < times.length; i++) {
                times[i] = taus[i] * sampleTime();
            }
            return times;
        }

        private static double[] column(float[][] values, int column) {
            double[] picked = new double[values.length];
            for (int i = 0; i < picked.length; i++) {
                picked[i] = values[i][column];
            }
            return picked;
        }

        private static double[] doubles(float[] values) {
            double[] doubles = new double[values.length];
            for (int i = 0; i < doubles.length; i++) {
                doubles[i] = values[i];
            }
            return doubles;
        }

        private Map<String, Object> config() {
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("qmap", map.description());
            config.put("begin_frame", selection.begin());
            config.put("end_frame", selection.end());
            config.put("stride_frame", selection.stride());
            config.put("avg_frame", selection.average());
            config.put("normalize_frame", options.isNormalizeFrame() ? 1 : 0);
            config.put("crop_ratio_threshold", options.getCropRatioThreshold());
            return config;
        }

        private Summary summary() {
            Map<String, Object> parameters = config();
            parameters.put("type", options.getType());
            parameters.put("smooth", options.getSmooth());
            parameters.put("dq_selection", options.getDqSelection());
            parameters.put("frames", frames.description());
            parameters.put("qmap_turned", turned ? "over its diagonal, to fit the frames" : "no");
            frameTime.ifPresent(time -> parameters.put("frame_time", time));
            metadata.ifPresent(found ->
                    parameters.put("metadata", found.path().getFileName().toString()));
            String title = "Correlation of " + frames.description() + ", " + selection.samples() + " samples, "
                    + (twotime ? bins : partition.filledDynamic()).size() + " dynamic bins";
            Preview preview = new Preview.Plot(title, "delay [" + unit() + "]", "g2", true, false, curves);
            return new Summary(title, parameters, quality.metrics(), preview);
        }
    }
}
