package org.lightpipe.gpu.tomography;

import java.io.IOException;
import java.nio.file.Path;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.device.Compute;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Summary;

/** A job on a real file with a real result, without the machinery around it. */
final class TestJob implements Job, AutoCloseable {

    private final Path file;
    private final Path result;
    private final Compute compute;
    private Hdf5File hdf5;
    private Hdf5Writer writer;
    private boolean borrowed;
    private double progress;

    TestJob(Path file, Path result, Compute compute) {
        this.file = file;
        this.result = result;
        this.compute = compute;
    }

    static Summary run(Path file, Path result, TomographyOptions options, Compute compute) throws Exception {
        try (TestJob job = new TestJob(file, result, compute)) {
            Tomography tomography = new Tomography();
            tomography.check(options);
            Summary summary = tomography.run(job, options);
            if (job.progress < 0.999) {
                throw new AssertionError("the last progress was " + job.progress);
            }
            return summary;
        }
    }

    /** @return whether a place to compute was asked for */
    boolean borrowed() {
        return borrowed;
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public Hdf5File hdf5() throws InvalidInputException, IOException {
        if (hdf5 == null) {
            hdf5 = Hdf5File.open(file);
        }
        return hdf5;
    }

    @Override
    public FrameSource frames(String dataset) {
        throw new UnsupportedOperationException("a tomography reads its own way");
    }

    @Override
    public Path companion(String option, String path) {
        throw new UnsupportedOperationException("a tomography has no other files");
    }

    @Override
    public WorkPool threads() {
        return compute.threads();
    }

    @Override
    public Compute compute(long least, long best) {
        if (least > best || least <= 0) {
            throw new AssertionError("at least " + least + " and best " + best + " bytes");
        }
        borrowed = true;
        return compute;
    }

    @Override
    public Hdf5Writer result() throws IOException {
        if (writer == null) {
            writer = Hdf5Writer.create(result);
        }
        return writer;
    }

    @Override
    public void progress(double done) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("stopped");
        }
        if (done < progress - 1e-9 || done > 1 + 1e-9) {
            throw new AssertionError("progress went from " + progress + " to " + done);
        }
        progress = done;
    }

    @Override
    public void close() throws IOException {
        if (hdf5 != null) {
            hdf5.close();
        }
        if (writer != null && progress > 0.999) {
            writer.close();
        }
    }
}
