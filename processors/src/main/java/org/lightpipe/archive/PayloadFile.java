package org.lightpipe.archive;

/**
 * One file of a dataset, as the catalog knows it.
 *
 * @param id row in the catalog
 * @param path path below {@code data/}, with '/' between its segments
 * @param size in bytes
 * @param modifiedSeconds time of last change, in seconds since 1970
 * @param sha256 digest of its bytes, in hexadecimal
 * @param state its state in the catalog
 */
record PayloadFile(long id, String path, long size, long modifiedSeconds, String sha256, String state) {}
