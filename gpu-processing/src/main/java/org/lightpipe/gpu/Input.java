package org.lightpipe.gpu;

import java.nio.file.Path;
import java.util.Optional;

/** What is to be reduced. */
public sealed interface Input {

    /** @return its name, for people */
    String name();

    /** @return what the name of the result begins with */
    String stem();

    /** @return a file, of which the digest is not known */
    static Input of(Path path) {
        return new File(path, Optional.empty());
    }

    /** @return frames in memory, such as a batch of a stream */
    static Input of(FrameStack frames, String name) {
        return new Frames(frames, name);
    }

    /**
     * A file.
     *
     * @param path where it is
     * @param sha256 its digest in hexadecimal, if somebody knows it; else it is taken beside the work
     */
    record File(Path path, Optional<String> sha256) implements Input {
        @Override
        public String name() {
            Path name = path.getFileName();
            return name == null ? path.toString() : name.toString();
        }

        @Override
        public String stem() {
            int dot = name().lastIndexOf('.');
            return dot > 0 ? name().substring(0, dot) : name();
        }
    }

    /**
     * Frames in memory.
     *
     * @param stack the frames
     * @param name what they are called
     */
    record Frames(FrameStack stack, String name) implements Input {
        @Override
        public String stem() {
            return name;
        }
    }
}
