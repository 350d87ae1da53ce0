package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.device.DeviceException;
import org.lightpipe.gpu.device.DevicePool;
import org.lightpipe.gpu.technique.FrameFormat;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs techniques: gives them their input and a place to compute, adds the provenance to the result, draws the preview,
 * and puts both in their place. A job whose device failed is begun anew on another one. Thread-safe.
 */
public final class Reducer {

    /** The backend that is chosen here: cuda, then an OpenCL GPU, then java. */
    public static final String AUTO = "auto";

    /** Every name of a backend. */
    static final List<String> BACKENDS = List.of(AUTO, Compute.JAVA, "opencl", "cuda");

    private static final Logger LOG = LoggerFactory.getLogger(Reducer.class);

    /** As many devices may fail one job, before it is asked whether it is the job. */
    private static final int MOST_ATTEMPTS = 3;

    /** How much longer than the work the digest of the input may take, in seconds and as a part of it. */
    private static final double DIGEST_SECONDS = 10;

    private final Lender devices;
    private final WorkPool threads;
    private final List<FrameFormat> formats;
    private final ResultFiles results = new ResultFiles();

    /**
     * @param devices belong to the caller
     * @param threads of this machine; belong to the caller
     * @param formats of files with frames that are not HDF5
     */
    public Reducer(DevicePool devices, WorkPool threads, List<FrameFormat> formats) {
        this(devices::borrow, threads, formats);
    }

    Reducer(Lender devices, WorkPool threads, List<FrameFormat> formats) {
        this.devices = devices;
        this.threads = threads;
        this.formats = List.copyOf(formats);
    }

    /**
     * Reduces one input.
     *
     * @param output the directory for the result {@code INPUT_TECHNIQUE.h5} and its preview; made if it is not there
     * @param backend auto, java, opencl or cuda; with any but auto the job never runs elsewhere
     * @return where the result is and what it says
     * @throws IllegalArgumentException if the technique refuses its options
     * @throws InvalidInputException if the input, or an option with this input, cannot be used as it is
     * @throws IOException if reading, computing or writing failed for an outside reason
     * @throws InterruptedException if the thread was asked to stop
     */
    public <O> Reduced reduce(
            Technique<O> technique, O options, Input input, Path output, String backend, ProgressListener progress)
            throws InvalidInputException, IOException, InterruptedException {
        requireBackend(backend);
        technique.check(options);
        Optional<InputFile> before =
                input instanceof Input.File file ? Optional.of(InputFile.of(file.path())) : Optional.empty();
        try (ResultFiles.Place place = results.take(output, input.stem(), technique.name());
                InputDigest digest = InputDigest.of(input)) {
            return new Run<>(technique, options, input, place, progress, before, digest).onAnyDevice(backend);
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    /** @throws IllegalArgumentException if there is no backend of that name */
    static void requireBackend(String backend) {
        if (!BACKENDS.contains(backend)) {
            throw new IllegalArgumentException(
                    "backend=" + backend + ", but it must be one of " + String.join(", ", BACKENDS));
        }
    }

    private static InterruptedException interrupted(ClosedByInterruptException e) {
        // whoever asked has his answer in the exception
        Thread.interrupted();
        InterruptedException stopped = new InterruptedException("stopped while reading or writing");
        stopped.initCause(e);
        return stopped;
    }

    /** One input on its way to its result. */
    private final class Run<O> {

        private final Technique<O> technique;
        private final O options;
        private final Input input;
        private final ResultFiles.Place place;
        private final ProgressListener progress;
        private final Optional<InputFile> before;
        private final InputDigest digest;

        Run(
                Technique<O> technique,
                O options,
                Input input,
                ResultFiles.Place place,
                ProgressListener progress,
                Optional<InputFile> before,
                InputDigest digest) {
            this.technique = technique;
            this.options = options;
            this.input = input;
            this.place = place;
            this.progress = progress;
            this.before = before;
            this.digest = digest;
        }

        Reduced onAnyDevice(String backend) throws InvalidInputException, IOException, InterruptedException {
            String next = backend;
            for (int attempt = 1; ; attempt++) {
                try {
                    return on(next);
                } catch (DeviceFailure failure) {
                    DeviceException reason = failure.reason();
                    boolean another = reason.deviceIsBroken() && attempt < MOST_ATTEMPTS;
                    if (!another && (!backend.equals(AUTO) || next.equals(Compute.JAVA))) {
                        throw reason;
                    }
                    // a device that only has too little memory would be lent again
                    next = another ? backend : Compute.JAVA;
                    LOG.warn(
                            "gpu:{}: {} is begun anew on {}: {}",
                            technique.name(),
                            input.name(),
                            next.equals(Compute.JAVA) ? "the java backend" : "another device, if there is one",
                            reason.getMessage());
                    place.discard();
                }
            }
        }

        private Reduced on(String backend) throws InvalidInputException, IOException, InterruptedException {
            try (ReductionJob job =
                    new ReductionJob(input, place.newResult(), backend, devices, threads, formats, progress)) {
                Summary summary;
                try {
                    summary = technique.run(job, options);
                } catch (IOException | RuntimeException e) {
                    Optional<DeviceException> reason = DeviceFailure.in(e);
                    if (reason.isPresent() && job.failed(reason.get())) {
                        throw new DeviceFailure(reason.get());
                    }
                    throw e;
                }
                return publish(job, summary);
            }
        }

        private Reduced publish(ReductionJob job, Summary summary)
                throws InvalidInputException, IOException, InterruptedException {
            long end = System.nanoTime();
            double read = job.readSeconds(end);
            double compute = job.computeSeconds(end);
            Optional<String> sha256 = digest.within(DIGEST_SECONDS + read + compute);
            if (input instanceof Input.File file) {
                before.get().requireUnchanged(file.path());
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped before the result was written");
            }
            ReductionJob.Where where = job.where();
            new Provenance(
                            technique.name(),
                            where.backend(),
                            where.device(),
                            input.name(),
                            before.map(InputFile::size),
                            sha256,
                            read,
                            compute,
                            Instant.now())
                    .write(job.result(), summary);
            job.finish();
            draw(summary.preview());
            Optional<Path> preview = place.publish();
            double write = (System.nanoTime() - end) / 1e9;
            progress.at(1);
            return new Reduced(
                    place.result(),
                    preview,
                    where.backend(),
                    where.device(),
                    new Reduced.Seconds(read, compute, write),
                    summary);
        }

        private void draw(Preview preview) throws IOException {
            if (preview instanceof Preview.Image image) {
                GreyImage.write(image.pixels(), place.newPreview());
            } else if (preview instanceof Preview.Plot plot) {
                PlotImage.write(plot, place.newPreview());
            }
        }
    }

    /** The device of an attempt failed, and the pool knows it. */
    private static final class DeviceFailure extends IOException {

        private static final long serialVersionUID = 1L;
        private static final int DEEPEST = 20;

        DeviceFailure(DeviceException reason) {
            super(reason.getMessage(), reason);
        }

        DeviceException reason() {
            return (DeviceException) getCause();
        }

        /** @return what a device said, wherever it is among the causes: work on other threads wraps it */
        static Optional<DeviceException> in(Throwable failure) {
            Throwable cause = failure;
            for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
                if (cause instanceof DeviceException said) {
                    return Optional.of(said);
                }
                cause = cause.getCause();
            }
            return Optional.empty();
        }
    }
}
