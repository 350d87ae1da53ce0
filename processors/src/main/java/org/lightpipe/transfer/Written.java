package org.lightpipe.transfer;

import java.nio.file.Path;
import java.util.Map;
import org.lightpipe.config.Digest;

/**
 * A file that is written and not yet proved.
 *
 * @param source what the source looked like before it was read
 * @param digests of what was read
 * @param how what it is besides a plain copy, for people; empty for a plain copy
 */
record Written(Item item, Path temporary, SourceStat source, Map<Digest, String> digests, String how) {}
