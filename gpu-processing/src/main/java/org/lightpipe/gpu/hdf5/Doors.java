package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * Through here goes whatever reads a file: what is wrong with it comes out as an {@link InvalidInputException} that
 * names the file and the place.
 */
final class Doors {

    private static final int TRIES = 4;
    private static final long PAUSE_MILLIS = 40;

    private final Path path;
    private final boolean written;

    /** @param written whether somebody may be writing to the file, so that looking again may help */
    Doors(Path path, boolean written) {
        this.path = path;
        this.written = written;
    }

    /** Reads something of a file. */
    interface Reading<T> {
        T read() throws IOException;
    }

    /** The file, for messages. */
    String name() {
        return path.getFileName().toString();
    }

    /** @param what a sentence that begins with the place in the file */
    InvalidInputException invalid(String what) {
        return new InvalidInputException(name() + ": " + what);
    }

    /** @param place what is read, as the user calls it */
    <T> T guarded(String place, Reading<T> reading) throws InvalidInputException, IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                return reading.read();
            } catch (Refusal e) {
                if (!written || e.isLasting()) {
                    throw new InvalidInputException(name() + ": " + e.about(place), e);
                }
                if (attempt == TRIES) {
                    throw new InvalidInputException(
                            name() + ": " + e.about(place) + "; somebody has the file open for writing, or died with"
                                    + " it open: try again when it is closed",
                            e);
                }
            } catch (IndexOutOfBoundsException | ArithmeticException | NegativeArraySizeException e) {
                // the parsers check what they read; this is for what they should have checked
                if (!written || attempt == TRIES) {
                    throw new InvalidInputException(
                            name() + ": " + place + " cannot be read (it is damaged: " + e.getMessage() + ")", e);
                }
            }
            pause(attempt);
        }
    }

    private void pause(int attempt) throws IOException {
        try {
            Thread.sleep(PAUSE_MILLIS * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(name() + ": stopped while waiting for its writer");
        }
    }
}
