package org.lightpipe.acquire;

/**
 * A file that its writer has finished.
 *
 * @param path path relative to the watched directory, with '/' between its parts
 * @param size size in bytes
 * @param mtimeNs time of the last change, in nanoseconds since 1970
 */
public record LandedFile(String path, long size, long mtimeNs) {}
