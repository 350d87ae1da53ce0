package org.lightpipe.portal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.core.RootedPath;
import org.lightpipe.core.Sha256;

/** Reads a preview that a workflow made, and trusts nothing about it. */
final class PreviewFile {

    /** Larger pictures do not belong on a search page. */
    private static final int MAX_BYTES = 8 * 1024 * 1024;

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private PreviewFile() {}

    /**
     * The bytes of the picture.
     *
     * @param directory the analysis directory
     * @param path where the picture is, relative to the directory
     * @param digest SHA-256 that was taken when the workflow ended
     * @throws PermanentFailureException when the file is not what the workflow declared
     * @throws IOException when it cannot be read
     */
    static byte[] read(Path directory, String path, String digest) throws IOException {
        byte[] bytes = bytes(contained(directory, path));
        if (bytes.length > MAX_BYTES) {
            throw new PermanentFailureException("preview " + path + " has more than " + MAX_BYTES
                    + " bytes; let the workflow make a smaller picture");
        }
        if (bytes.length < PNG.length || !Arrays.equals(PNG, Arrays.copyOf(bytes, PNG.length))) {
            throw new PermanentFailureException("preview " + path + " is not a PNG file");
        }
        String found = Sha256.of(bytes);
        if (!found.equalsIgnoreCase(digest)) {
            throw new PermanentFailureException("preview " + path
                    + " was changed after the workflow made it: its SHA-256" + " was " + digest + " and is " + found);
        }
        return bytes;
    }

    private static Path contained(Path directory, String path) throws IOException {
        Path file;
        try {
            file = RootedPath.resolve(directory, path);
        } catch (IllegalArgumentException e) {
            throw new PermanentFailureException("preview " + path + " is not below the analysis directory", e);
        }
        // a workflow can leave a symbolic link; what it points to must be below the directory as well
        Path real = file.toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw new PermanentFailureException("preview " + path + " is a link out of the analysis directory");
        }
        if (!Files.isRegularFile(real)) {
            throw new PermanentFailureException("preview " + path + " is not a file");
        }
        return real;
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES + 1);
        }
    }
}
