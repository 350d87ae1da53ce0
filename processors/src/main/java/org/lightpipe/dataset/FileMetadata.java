package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.config.MetadataPolicy;
import org.lightpipe.core.RawName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a file says of itself in its header. The format is told by the first bytes, and only where these say nothing by
 * the extension of the name: a file that is not what its name promises is told as unreadable.
 */
public final class FileMetadata {

    private static final Logger LOG = LoggerFactory.getLogger(FileMetadata.class);

    /** Every format that is known. A format that is told by few bytes comes after those that are told by many. */
    private static final List<HeaderReader> READERS = List.of(
            new Hdf5Metadata(), new CbfHeader(), new TiffHeader(), new MdaHeader(), new SpeHeader(), new EdfHeader());

    private FileMetadata() {}

    /**
     * Reads a file, without its data: at most 2 MiB of it (of HDF5: what its tree of names needs).
     *
     * @return the fields by name, with {@code format}; nothing for a file of no known format; {@code unreadable} with the
     *     reason for one that is damaged
     * @throws IOException when the file cannot be opened or read
     */
    public static Map<String, Object> of(Path file, MetadataPolicy policy) throws IOException {
        Found found = new Found();
        Selection selection = new Selection(policy);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            // To open a pipe would wait for somebody who writes into it.
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(file.toString());
            }
            found.unreadable("", "it is not a regular file");
            return found.fields();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            read(new HeaderBytes(file, channel), selection, found);
        }
        if (found.fields().containsKey(Found.UNREADABLE)) {
            LOG.warn(
                    "{} is not readable: {}",
                    RawName.shown(RawName.text(file)),
                    RawName.shown(found.fields().get(Found.UNREADABLE).toString()));
        }
        return selection.of(found.fields());
    }

    private static void read(HeaderBytes header, Selection selection, Found found) throws IOException {
        try {
            Optional<HeaderReader> reader = reader(header.path(), header.head());
            if (reader.isPresent()) {
                found.put("format", reader.get().format());
                reader.get().read(header, selection, found);
            }
        } catch (MalformedHeaderException e) {
            found.unreadable("", e.getMessage());
        } catch (RuntimeException e) {
            // A header that a reader stumbles over is this file's trouble: it must never hold the step.
            LOG.warn("{} has a header that nobody foresaw", RawName.shown(RawName.text(header.path())), e);
            found.unreadable("", "its header makes no sense: " + e);
        }
    }

    private static Optional<HeaderReader> reader(Path file, ByteBuffer head) throws MalformedHeaderException {
        for (HeaderReader reader : READERS) {
            if (reader.accepts(head.duplicate())) {
                return Optional.of(reader);
            }
        }
        String extension = extension(file);
        for (HeaderReader reader : READERS) {
            if (reader.extensions().contains(extension)) {
                throw new MalformedHeaderException(
                        head.hasRemaining()
                                ? "it is called ." + extension + " but does not begin as " + reader.format()
                                        + " files do"
                                : "it is empty");
            }
        }
        return Optional.empty();
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
