package org.lightpipe.gpu.technique;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a technique has made, beside the result file.
 *
 * @param title one line for people
 * @param parameters what the technique worked with, chosen values included (strings, numbers)
 * @param metrics the headline numbers by name (strings, numbers): they tell whether the scan worked
 * @param preview the picture of the result
 */
public record Summary(String title, Map<String, Object> parameters, Map<String, Object> metrics, Preview preview) {

    /** Keeps unmodifiable copies, in their order. */
    public Summary {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
}
