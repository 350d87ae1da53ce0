package org.lightpipe.config;

import java.time.Duration;

/**
 * When a dataset goes to tape, and what happens then.
 *
 * @param after time from completion of the dataset
 * @param tape directory of the tape library
 * @param digest manifest algorithm: {@code sha512} or {@code sha256}
 * @param release whether the disk copy is removed once the bag on tape is proved
 */
public record ArchivePolicy(Duration after, String tape, String digest, boolean release) {}
