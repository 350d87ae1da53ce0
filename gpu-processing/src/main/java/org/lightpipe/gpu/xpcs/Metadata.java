package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.hdf5.Hdf5Dataset;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Job;

/**
 * What the beamline wrote down about a scan: a file {@code *_metadata.hdf} beside the frames, with
 * {@code /entry/instrument} and so on.
 */
final class Metadata implements AutoCloseable {

    private static final String SUFFIX = "_metadata.hdf";
    private static final String FRAME_TIME = "/entry/instrument/detector_1/frame_time";
    private static final List<String> GROUPS = List.of("/entry/instrument", "/entry/sample", "/entry/user");
    private static final List<String> DATASETS = List.of("/entry/start_time", "/entry/end_time", "/entry/scan_number");

    /** Larger datasets are no metadata. */
    private static final long MOST_BYTES = 1 << 20;

    private final Hdf5File file;

    private Metadata(Hdf5File file) {
        this.file = file;
    }

    /** @return those that the option names, or those beside the input; empty if there are none */
    static Optional<Metadata> of(Job job, String option) throws InvalidInputException, IOException {
        if (!option.isBlank()) {
            return Optional.of(new Metadata(Hdf5File.open(job.companion("metaFname", option))));
        }
        Optional<Path> input = input(job);
        Optional<Path> found = input.isPresent() ? beside(input.get()) : Optional.empty();
        return found.isPresent() ? Optional.of(new Metadata(Hdf5File.open(found.get()))) : Optional.empty();
    }

    /** @return the input file; empty if the frames came with the message */
    static Optional<Path> input(Job job) {
        try {
            return Optional.of(job.file());
        } catch (InvalidInputException e) {
            // frames in memory have nothing beside them
            return Optional.empty();
        }
    }

    /** One per directory is the custom; where there are more, the one that is named as the input is. */
    private static Optional<Path> beside(Path input) throws IOException {
        List<Path> found = new ArrayList<>();
        Path directory = input.toAbsolutePath().getParent();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            files.forEach(found::add);
        }
        String name = input.getFileName().toString();
        return found.stream()
                .filter(path -> {
                    String other = path.getFileName().toString();
                    return found.size() == 1
                            || name.startsWith(other.substring(0, other.length() - SUFFIX.length()) + ".");
                })
                .findFirst();
    }

    Path path() {
        return file.path();
    }

    /** @return seconds from frame to frame, where they are known and make sense */
    OptionalDouble frameTime() throws InvalidInputException, IOException {
        Optional<Hdf5Dataset> found = file.find(FRAME_TIME);
        if (found.isEmpty()) {
            return OptionalDouble.empty();
        }
        double[] values = found.get().allDoubles();
        return values.length == 1 && values[0] > 0 && values[0] < Double.POSITIVE_INFINITY
                ? OptionalDouble.of(values[0])
                : OptionalDouble.empty();
    }

    /** @return whether a group is there that is not empty, and is copied */
    boolean has(String group) throws InvalidInputException, IOException {
        return !file.members(group).isEmpty();
    }

    /** Copies what readers of results look for. */
    void copy(Hdf5Writer writer) throws InvalidInputException, IOException {
        Copier copier = new Copier(file, writer, MOST_BYTES);
        for (String group : GROUPS) {
            copier.group(group, group);
        }
        for (String dataset : DATASETS) {
            copier.dataset(dataset, dataset);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
