package org.lightpipe.workflow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;

/**
 * Changes whenever a file is written to or replaced. The change time cannot be set by a program, as the modification
 * time can.
 *
 * @param size bytes
 * @param inode file, on its file system
 * @param changed last change of content or attributes
 */
record FileStamp(long size, long inode, FileTime changed) {

    static FileStamp of(Path file) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, "unix:size,ino,ctime");
        return new FileStamp(
                (Long) attributes.get("size"), (Long) attributes.get("ino"), (FileTime) attributes.get("ctime"));
    }
}
