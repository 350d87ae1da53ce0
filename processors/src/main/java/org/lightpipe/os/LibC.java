package org.lightpipe.os;

import com.sun.jna.Native;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The C library of Linux, loaded when it is first asked for. */
final class LibC {

    private static final Logger LOG = LoggerFactory.getLogger(LibC.class);

    private LibC() {}

    /** The calls, or nothing on a machine where they cannot be made, which is told once. */
    static Optional<LinuxCalls> calls() {
        return Holder.CALLS;
    }

    private static final class Holder {
        private static final Optional<LinuxCalls> CALLS = load();
    }

    private static Optional<LinuxCalls> load() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return Optional.empty();
        }
        try {
            if (Native.LONG_SIZE != Long.BYTES) {
                return Optional.empty();
            }
            Native.register(LinuxCalls.class, "c");
            return Optional.of(new LinuxCalls());
        } catch (LinkageError e) {
            // JNA unpacks its library into a temporary directory, which must allow it to be run.
            LOG.warn(
                    "System calls are not available, files are flushed one by one and share no blocks: {};"
                            + " if the temporary directory is mounted noexec, name another with -Djna.tmpdir=",
                    e.toString());
            return Optional.empty();
        }
    }
}
