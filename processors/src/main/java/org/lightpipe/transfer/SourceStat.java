package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * What shows that a source file changed.
 *
 * @param size size in bytes
 * @param mtimeNs time of the last change, in nanoseconds since 1970
 * @param key device and inode: another file of the same name has another
 */
public record SourceStat(long size, long mtimeNs, String key) {

    /** What a regular file looks like now; a link is not followed. */
    public static SourceStat of(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile()) {
            throw new IOException(file + " is no longer a regular file");
        }
        return new SourceStat(
                attributes.size(),
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                Objects.toString(attributes.fileKey()));
    }
}
