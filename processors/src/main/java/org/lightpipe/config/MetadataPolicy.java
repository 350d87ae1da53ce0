package org.lightpipe.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which of the things that a file says of itself are kept in the catalog, and under which names.
 *
 * @param keep globs of the fields to keep, such as {@code /entry/instrument/**}; absent for all of them, empty for none
 *     but the named ones
 * @param names further names for fields: for each name the fields whose value it has, the first that is there
 */
public record MetadataPolicy(Optional<List<String>> keep, Map<String, List<String>> names) {

    /** Everything that a file says is kept as it says it. */
    public static MetadataPolicy everything() {
        return new MetadataPolicy(Optional.empty(), Map.of());
    }
}
