package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.lightpipe.core.RawName;
import org.lightpipe.storage.TemporaryName;

/**
 * A file to be put into a storage.
 *
 * @param id what its owner knows it by; unique among those on their way
 * @param source where its bytes are
 * @param target final path below the storage root, with '/' between its parts
 * @param temporary path below the storage root under which it is written until it is proved; the same for every
 *     attempt, so that a retry finds what an attempt that was cut off has left
 * @param size size with which it was found, in bytes
 * @param mtimeNs time of its last change when it was found, in nanoseconds since 1970
 */
public record Item(long id, Path source, String target, String temporary, long size, long mtimeNs) {

    /**
     * A file of the catalog. Its temporary name is made of the file's number and not of its name: a retry finds and
     * replaces it, and no name gets too long. It lies beside the final one, so that the rename stays in one directory.
     *
     * @param id what its owner knows it by
     * @param file number of the file in the catalog
     * @param row of the catalog: source, root_path, path, size, mtime_ns
     */
    static Item of(long id, long file, Map<String, Object> row) {
        String target = row.get("root_path") + "/data/" + row.get("path");
        return new Item(
                id,
                RawName.path((String) row.get("source")),
                target,
                target.substring(0, target.lastIndexOf('/') + 1) + TemporaryName.of(file),
                ((Number) row.get("size")).longValue(),
                ((Number) row.get("mtime_ns")).longValue());
    }

    /** True when a source that looks like this is what was found: it has the size and time that it had then. */
    public boolean isAsFound(SourceStat source) {
        return source.size() == size && source.mtimeNs() == mtimeNs;
    }

    /** True when the source, whatever became of it meanwhile, looks now as it did when it was found. */
    boolean looksAsFound() {
        try {
            return isAsFound(SourceStat.of(source));
        } catch (IOException e) {
            return false;
        }
    }

    /** The directory of its final path; empty for the storage root. */
    public String directory() {
        return target.substring(0, Math.max(0, target.lastIndexOf('/')));
    }

    /** The directory in which it is written until it is proved; empty for the storage root. */
    public String temporaryDirectory() {
        return temporary.substring(0, Math.max(0, temporary.lastIndexOf('/')));
    }
}
