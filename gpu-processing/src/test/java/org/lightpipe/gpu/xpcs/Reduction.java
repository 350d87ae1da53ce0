package org.lightpipe.gpu.xpcs;

import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.file.Path;
import org.lightpipe.gpu.Engine;
import org.lightpipe.gpu.Input;
import org.lightpipe.gpu.ProgressListener;
import org.lightpipe.gpu.Reduced;

/** Runs the whole technique from file to file. */
final class Reduction {

    private Reduction() {}

    /** A missing device skips the test, see {@link Place}. */
    static Reduced run(Engine engine, String backend, Path input, XpcsOptions options, Path output) throws Exception {
        try {
            return engine.reducer()
                    .reduce(new Xpcs(), options, Input.of(input), output, backend, ProgressListener.NONE);
        } catch (IOException e) {
            if (!backend.equals("java") && String.valueOf(e.getMessage()).startsWith("backend=" + backend + ", but")) {
                Place.missing(backend, e);
            }
            throw e;
        }
    }

    static Object read(Path file, String dataset) {
        try (HdfFile hdf = new HdfFile(file)) {
            return hdf.getDatasetByPath(dataset).getData();
        }
    }
}
