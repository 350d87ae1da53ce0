package org.lightpipe.gpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a technique made of a file.
 *
 * @param title one line for people
 * @param images the images, all of one shape; the first is the signal, and the preview shows it
 * @param parameters what the technique worked with, chosen values included (strings, numbers)
 * @param metrics the headline numbers by name (strings, numbers)
 */
public record TechniqueResult(
        String title, List<Image> images, Map<String, Object> parameters, Map<String, Object> metrics) {

    /** Keeps unmodifiable copies, in their order. */
    public TechniqueResult {
        images = List.copyOf(images);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /**
     * One image.
     *
     * @param name the name of its dataset
     * @param units the unit of its pixels
     * @param description one line for people
     * @param pixels {@code [row][column]}; owned by the result from here on
     */
    public record Image(String name, String units, String description, float[][] pixels) {}
}
