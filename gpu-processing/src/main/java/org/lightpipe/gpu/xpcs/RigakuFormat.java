package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;
import org.lightpipe.gpu.technique.FrameFormat;

/**
 * Sparse files of Rigaku's detectors: 64-bit events, little-endian, in the order of their frames; bits 40 to 63 are the
 * frame, 16 to 36 the pixel, 0 to 11 the count. The files do not say how large the detector is: a module has 512 rows of
 * 1024 pixels. The six modules of a 3M detector are the files {@code .bin.000} to {@code .bin.005} beside each other;
 * whichever is the input, all are read.
 */
public final class RigakuFormat implements FrameFormat {

    private static final String FIRST_MODULE = ".bin.000";

    @Override
    public Optional<FrameSource> open(Path file, WorkPool threads) throws InvalidInputException, IOException {
        if (!RigakuEvents.looksLike(file)) {
            return Optional.empty();
        }
        String name = file.getFileName().toString();
        if (!name.matches(".*\\.bin\\.00[0-5]")) {
            return Optional.of(new SparseFrames(RigakuContent.module(file)));
        }
        String stem = name.substring(0, name.length() - FIRST_MODULE.length());
        List<Path> modules = new ArrayList<>();
        for (int i = 0; i < RigakuContent.MODULES; i++) {
            Path module = file.resolveSibling(stem + ".bin.00" + i);
            if (!Files.isReadable(module)) {
                throw new InvalidInputException(name + ": is one of the six modules of a detector, but "
                        + module.getFileName() + " is not beside it");
            }
            modules.add(module);
        }
        return Optional.of(new SparseFrames(RigakuContent.sixModules(stem + ".bin.00*", modules)));
    }
}
