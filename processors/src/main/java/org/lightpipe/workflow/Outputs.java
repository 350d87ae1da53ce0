package org.lightpipe.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.core.RootedPath;

/**
 * Files that a stage has to make. A stage says that it succeeded; its outputs prove it: each must be there, must not be
 * empty, and must have been written since the stage began.
 */
final class Outputs {

    /** A directory of more files than that is not a declared output but a dataset. */
    private static final int MOST_FILES = 10_000;

    private final String stage;
    private final Path directory;
    private final List<Path> declared = new ArrayList<>();
    private final Map<Path, FileStamp> before = new HashMap<>();

    /** Remembers how the outputs look before the stage runs. */
    Outputs(StageCall call) throws IOException {
        this.stage = call.stage().key();
        this.directory = call.directory();
        for (String output : call.stage().outputs()) {
            Path path = resolve(ConfigurationReader.substitute(output, call.arguments()));
            declared.add(path);
            if (Files.exists(path)) {
                for (Path file : files(path)) {
                    before.put(file, FileStamp.of(file));
                }
            }
        }
    }

    /**
     * The files of the declared outputs and those that the stage names besides.
     *
     * @throws StageFailedException when one is missing, empty, old, or lies outside the output directory
     */
    Set<Path> proved(List<Path> named) throws IOException, StageFailedException {
        Set<Path> proved = new LinkedHashSet<>();
        for (Path path : declared) {
            proved.addAll(proved(path));
        }
        for (Path path : named) {
            proved.addAll(proved(path));
        }
        return proved;
    }

    private List<Path> proved(Path path) throws IOException, StageFailedException {
        if (!Files.exists(path)) {
            throw failure(path, "was not made");
        }
        Path real = path.toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw failure(path, "leads out of the output directory, to " + real);
        }
        List<Path> files = files(path);
        if (files.isEmpty()) {
            throw failure(path, "has no file in it");
        }
        for (Path file : files) {
            FileStamp stamp = FileStamp.of(file);
            if (stamp.size() == 0) {
                throw failure(file, "is empty");
            }
            if (stamp.equals(before.get(file))) {
                throw failure(file, "was not written; it is there from an earlier time");
            }
        }
        return files;
    }

    private List<Path> files(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        // links are not followed: they could lead anywhere
        try (Stream<Path> walk = Files.walk(path)) {
            List<Path> files = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .limit(MOST_FILES + 1L)
                    .sorted()
                    .toList();
            if (files.size() > MOST_FILES) {
                throw new PermanentFailureException("stage " + stage + ": output " + directory.relativize(path)
                        + " has more than " + MOST_FILES + " files; declare those that matter");
            }
            return files;
        }
    }

    private Path resolve(String output) {
        try {
            return RootedPath.resolve(directory, output);
        } catch (IllegalArgumentException e) {
            throw new PermanentFailureException("stage " + stage + ": output " + e.getMessage(), e);
        }
    }

    private StageFailedException failure(Path path, String problem) {
        Path shown = path.startsWith(directory) ? directory.relativize(path) : path;
        return new StageFailedException("stage " + stage + ": its output " + shown + " " + problem);
    }
}
