package org.lightpipe.workflow;

/**
 * A catalogued file of a dataset, on disk.
 *
 * @param path path relative to the data directory of its experiment
 * @param source absolute path at which the detector wrote it
 * @param digest SHA-256 of its bytes in storage, in hexadecimal; empty if it is not known
 */
record DatasetFile(String path, String source, String digest) {}
