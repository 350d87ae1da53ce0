package org.lightpipe.archive;

/**
 * What was found when a bag was read and every part of it was right.
 *
 * @param size size of the tar in bytes
 * @param sha256 digest of the tar, in hexadecimal
 * @param files number of payload files
 */
record BagProof(long size, String sha256, long files) {}
