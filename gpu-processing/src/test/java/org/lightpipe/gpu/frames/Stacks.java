package org.lightpipe.gpu.frames;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.lightpipe.gpu.Engine;
import org.lightpipe.gpu.Input;
import org.lightpipe.gpu.ProgressListener;
import org.lightpipe.gpu.Reduced;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.TestDevices;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Technique;

/** Files with a stack of frames, and what becomes of them. */
final class Stacks {

    private Stacks() {}

    static Stream<String> backends() {
        return Stream.of("java", "opencl", "cuda");
    }

    /** Writes one dataset of a type. */
    static Path write(Path path, String dataset, NumberType type, double[] values, long... shape) throws IOException {
        try (Hdf5Writer file = Hdf5Writer.create(path)) {
            file.dataset(dataset, type, shape).write(values, 0, values.length);
        }
        return path;
    }

    static <O> Reduced run(Technique<O> technique, O options, String backend, Path input, Path output)
            throws Exception {
        if (!backend.equals("java")) {
            TestDevices.borrow(backend, 1 << 20).close();
        }
        try (Engine engine = Engine.start()) {
            return engine.reducer().reduce(technique, options, Input.of(input), output, backend, ProgressListener.NONE);
        }
    }

    static double[] read(Path file, String dataset) throws IOException, InvalidInputException {
        try (Hdf5File hdf5 = Hdf5File.open(file)) {
            return hdf5.require(dataset, "is wanted").allDoubles();
        }
    }
}
