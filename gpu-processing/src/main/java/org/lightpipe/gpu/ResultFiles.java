package org.lightpipe.gpu;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts results in their places: both files are written under temporary names beside them, forced to the disk and renamed,
 * the HDF5 file last, so that whoever sees it sees all of it. A temporary left by a crash is replaced by the next try,
 * because its name is always the same; two writers of one result at the same time would mix their bytes there, so the
 * second is refused. Thread-safe.
 */
final class ResultFiles {

    private final Set<Path> busy = ConcurrentHashMap.newKeySet();

    /**
     * Takes the place of a result for one writer.
     *
     * @param directory made if it is not there
     * @param stem what its name begins with
     * @param technique the name of the technique
     */
    Place take(Path directory, String stem, String technique) throws IOException {
        if (Path.of(stem).getNameCount() != 1 || Path.of(stem).isAbsolute()) {
            throw new IOException("the input's name '" + stem + "' cannot be part of the name of a file");
        }
        Files.createDirectories(directory);
        String name = stem + "_" + technique;
        Path result = directory.toRealPath().resolve(name + ".h5");
        if (!busy.add(result)) {
            throw new IOException(result + " is being written by another message at this moment");
        }
        try {
            return new Place(result, result.resolveSibling(name + ".png"));
        } catch (IOException | RuntimeException e) {
            busy.remove(result);
            throw e;
        }
    }

    /** The place of one result, held by one writer. */
    final class Place implements AutoCloseable {

        private final Path result;
        private final Path preview;
        private final Path newResult;
        private final Path newPreview;

        private Place(Path result, Path preview) throws IOException {
            this.result = result;
            this.preview = preview;
            this.newResult = temporary(result);
            this.newPreview = temporary(preview);
            discard();
        }

        private Path temporary(Path target) {
            return target.resolveSibling("." + target.getFileName() + ".part");
        }

        /** @return where the result goes */
        Path result() {
            return result;
        }

        /** @return where the result is written before */
        Path newResult() {
            return newResult;
        }

        /** @return where the preview is written before; nothing need be there */
        Path newPreview() {
            return newPreview;
        }

        /** Removes what was written so far, so that it can be begun anew. */
        void discard() throws IOException {
            Files.deleteIfExists(newResult);
            Files.deleteIfExists(newPreview);
        }

        /**
         * Makes what was written the result, in place of an older one.
         *
         * @return the preview, if one was written
         */
        Optional<Path> publish() throws IOException {
            force(newResult);
            boolean pictured = Files.exists(newPreview);
            if (pictured) {
                force(newPreview);
                Files.move(newPreview, preview, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                // that of an older result would be a picture of something else
                Files.deleteIfExists(preview);
            }
            Files.move(newResult, result, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return pictured ? Optional.of(preview) : Optional.empty();
        }

        private void force(Path file) throws IOException {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }

        @Override
        public void close() throws IOException {
            try {
                discard();
            } finally {
                busy.remove(result);
            }
        }
    }
}
