package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Map;
import org.lightpipe.config.Storage;
import org.lightpipe.core.Sha256;

/** One file on its way: what was claimed, what the source looked like at the start, and the digest of what was read. */
final class Copy implements AutoCloseable {

    private final long id;
    private final int generation;
    private final Path source;
    private final String target;
    private final String temporary;
    private final Storage storage;
    private final long detectedSize;
    private final long detectedMtimeNs;
    private final SourceStat before;
    private final DigestInputStream stream;
    private boolean settled;

    /**
     * @param row the claimed row: id, generation, source, path, root_path, size, mtime_ns
     * @param storage where it goes
     * @throws IOException when the source cannot be read
     */
    Copy(Map<String, Object> row, Storage storage) throws IOException {
        this.id = ((Number) row.get("id")).longValue();
        this.generation = ((Number) row.get("generation")).intValue();
        this.source = Path.of((String) row.get("source"));
        this.detectedSize = ((Number) row.get("size")).longValue();
        this.detectedMtimeNs = ((Number) row.get("mtime_ns")).longValue();
        this.storage = storage;
        this.target = row.get("root_path") + "/data/" + row.get("path");
        // Named after the row and not the file: a retry finds and replaces it, and no name gets too long. Beside all
        // the experiment's data and not beside the file: endpoints take some characters of names for patterns, and
        // this path has none of them.
        this.temporary = row.get("root_path") + "/data/.lightpipe-" + id + ".part";
        this.before = SourceStat.of(source);
        InputStream bytes = Files.newInputStream(source, LinkOption.NOFOLLOW_LINKS);
        this.stream = new DigestInputStream(bytes, Sha256.start());
    }

    long id() {
        return id;
    }

    int generation() {
        return generation;
    }

    Storage storage() {
        return storage;
    }

    String target() {
        return target;
    }

    String temporary() {
        return temporary;
    }

    String directory() {
        return target.substring(0, target.lastIndexOf('/'));
    }

    SourceStat before() {
        return before;
    }

    /** The bytes of the source; reading them makes the digest. */
    InputStream stream() {
        return stream;
    }

    /** SHA-256 of what was read, in hexadecimal. To be asked once, after reading. */
    String digest() {
        return HexFormat.of().formatHex(stream.getMessageDigest().digest());
    }

    /** False when the source was written to after it had been found finished. */
    boolean isAsDetected() {
        return before.size() == detectedSize && before.mtimeNs() == detectedMtimeNs;
    }

    /** True when the source, whatever became of it meanwhile, has the size and time now with which it was found. */
    boolean looksAsDetected() {
        try {
            SourceStat now = SourceStat.of(source);
            return now.size() == detectedSize && now.mtimeNs() == detectedMtimeNs;
        } catch (IOException e) {
            return false;
        }
    }

    boolean sourceIsUnchanged() throws IOException {
        return SourceStat.of(source).equals(before);
    }

    /** No temporary copy of it is left. */
    void settled() {
        settled = true;
    }

    boolean isSettled() {
        return settled;
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }
}
