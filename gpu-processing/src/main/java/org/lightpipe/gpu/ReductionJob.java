package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.DeviceException;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.FrameFormat;
import org.lightpipe.gpu.technique.Job;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at a reduction. Owns what is opened and borrowed for it. Used by one thread. */
final class ReductionJob implements Job, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ReductionJob.class);

    /** Longer than other jobs take that have the device meanwhile. */
    private static final Duration PATIENCE = Duration.ofHours(1);

    /** Where files of the world have their frames, in the order in which they are looked at. */
    private static final List<String> USUAL = List.of(
            "/exchange/data",
            "/entry/data/data",
            "/entry/instrument/detector/data",
            "/entry/data/data_000001",
            "/entry1/data/data",
            "/data/frames");

    private final Input input;
    private final Path newResult;
    private final String backend;
    private final Lender devices;
    private final WorkPool threads;
    private final List<FrameFormat> formats;
    private final ProgressListener listener;

    private final List<TimedFrames> frames = new ArrayList<>();
    private final long begin = System.nanoTime();
    private Hdf5File hdf5;
    private Hdf5Writer result;
    private Loan loan;
    private long computing;
    private long waitedBefore;

    ReductionJob(
            Input input,
            Path newResult,
            String backend,
            Lender devices,
            WorkPool threads,
            List<FrameFormat> formats,
            ProgressListener listener) {
        this.input = input;
        this.newResult = newResult;
        this.backend = backend;
        this.devices = devices;
        this.threads = threads;
        this.formats = formats;
        this.listener = listener;
    }

    @Override
    public Path file() throws InvalidInputException {
        if (input instanceof Input.File given) {
            return given.path();
        }
        throw new InvalidInputException(
                input.name() + ": is frames in memory, but this technique needs a file; give it the path of one");
    }

    @Override
    public Hdf5File hdf5() throws InvalidInputException, IOException {
        if (hdf5 == null) {
            hdf5 = Hdf5File.open(file());
        }
        return hdf5;
    }

    @Override
    public FrameSource frames(String dataset) throws InvalidInputException, IOException {
        TimedFrames timed = new TimedFrames(source(dataset == null ? "" : dataset.strip()));
        frames.add(timed);
        return timed;
    }

    private FrameSource source(String dataset) throws InvalidInputException, IOException {
        if (input instanceof Input.Frames given) {
            return given.stack();
        }
        if (InputFile.isHdf5(file())) {
            return hdf5().frames(choose(hdf5(), dataset), threads);
        }
        for (FrameFormat format : formats) {
            Optional<FrameSource> found = format.open(file(), threads);
            if (found.isPresent()) {
                if (!dataset.isEmpty()) {
                    found.get().close();
                    throw new InvalidInputException(input.name() + ": dataset=" + dataset
                            + ", but the file is not HDF5 and has no datasets; leave the option out");
                }
                return found.get();
            }
        }
        throw new InvalidInputException(
                input.name() + ": is not an HDF5 file, nor of another format with frames that is known here");
    }

    private Hdf5Dataset choose(Hdf5File file, String dataset) throws InvalidInputException, IOException {
        if (!dataset.isEmpty()) {
            return file.require(dataset, "give the path of a stack of images with the option dataset");
        }
        for (String usual : USUAL) {
            Optional<Hdf5Dataset> found = file.find(usual);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return file.largestImages()
                .orElseThrow(() -> new InvalidInputException(
                        input.name() + ": holds no 2D or 3D dataset of numbers, so there are no images in it"));
    }

    @Override
    public Path companion(String option, String path) throws InvalidInputException {
        if (path == null || path.isBlank()) {
            throw new InvalidInputException(
                    input.name() + ": the option " + option + " is not given; it names a file that is needed");
        }
        Path found;
        try {
            Path working = Path.of("").toAbsolutePath();
            Path beside = input instanceof Input.File given
                    ? given.path().toAbsolutePath().resolveSibling(path.strip())
                    : working.resolve(path.strip());
            found = Files.exists(beside) ? beside : working.resolve(path.strip());
            if (!Files.exists(found)) {
                throw refused(option, path, "there is no file " + beside);
            }
        } catch (InvalidPathException e) {
            throw refused(option, path, "that cannot be the name of a file");
        }
        if (!Files.isRegularFile(found)) {
            throw refused(option, path, found + " is not a file");
        }
        if (!Files.isReadable(found)) {
            throw refused(option, path, found + " may not be read by this user");
        }
        return found;
    }

    private InvalidInputException refused(String option, String path, String why) {
        return new InvalidInputException(input.name() + ": " + option + "=" + path + ", but " + why);
    }

    @Override
    public WorkPool threads() {
        return threads;
    }

    @Override
    public Compute compute(long least, long best) throws IOException, InterruptedException {
        if (loan != null) {
            throw new IllegalStateException("a job computes in one place; compute was called before");
        }
        loan = devices.borrow(backend, least, best, threads, PATIENCE);
        computing = System.nanoTime();
        waitedBefore = waited();
        return loan.compute();
    }

    @Override
    public Hdf5Writer result() throws IOException {
        if (result == null) {
            result = Hdf5Writer.create(newResult);
            result.attribute("/", "NX_class", "NXroot");
            result.attribute("/", "default", "entry");
            result.attribute("/", "creator", "lightpipe");
        }
        return result;
    }

    @Override
    public void progress(double done) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped");
        }
        listener.at(Math.max(0, Math.min(1, done)));
    }

    /**
     * Where it was computed.
     *
     * @param backend java, opencl or cuda
     * @param device its name; of the backend java, how many threads it has
     */
    record Where(String backend, String device) {}

    Where where() {
        Optional<Compute> compute = Optional.ofNullable(loan).map(Loan::compute);
        return new Where(
                compute.map(Compute::backend).orElse(Compute.JAVA),
                compute.flatMap(Compute::device)
                        .map(Device::name)
                        .orElseGet(() -> Runtime.getRuntime().availableProcessors() + " threads"));
    }

    /** @return the seconds until the input was read and checked, and of waiting for frames after that */
    double readSeconds(long end) {
        return (loan == null ? end - begin : computing - begin + waited() - waitedBefore) / 1e9;
    }

    /** @return the seconds of the rest */
    double computeSeconds(long end) {
        return (end - begin) / 1e9 - readSeconds(end);
    }

    private long waited() {
        return frames.stream().mapToLong(TimedFrames::waited).sum();
    }

    /** @return whether the technique had a place to compute when that failed; the pool is told why */
    boolean failed(DeviceException failure) {
        if (loan == null) {
            return false;
        }
        loan.failed(failure);
        return true;
    }

    /** Writes what is left of the result and closes it. */
    void finish() throws IOException {
        result().close();
        result = null;
    }

    /** Gives back and closes everything; what was not finished is given up. */
    @Override
    public void close() {
        frames.forEach(ReductionJob::giveUp);
        giveUp(hdf5);
        giveUp(result);
        giveUp(loan);
    }

    private static void giveUp(AutoCloseable opened) {
        if (opened == null) {
            return;
        }
        try {
            opened.close();
        } catch (Exception e) {
            LOG.debug("{} cannot be closed", opened, e);
        }
    }
}
