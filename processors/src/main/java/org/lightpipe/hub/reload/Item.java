package org.lightpipe.hub.reload;

import java.util.regex.Pattern;

/**
 * One top-level item of a route file.
 *
 * @param file name of the file
 * @param kind what stands after the dash, such as {@code route}; {@code kamelet} for a whole Kamelet file
 * @param id its id, or one made from its place in the file when it has none
 * @param content everything in it without comments and layout; equal contents mean the same to Camel
 * @param firstLine first line in the file, from 0
 * @param endLine line after its last one
 */
record Item(String file, String kind, String id, String content, int firstLine, int endLine) {

    boolean isRoute() {
        return kind.equals("route") || kind.equals("templatedRoute");
    }

    boolean isTemplate() {
        return kind.equals("routeTemplate") || kind.equals("kamelet");
    }

    boolean isConfiguration() {
        return kind.equals("routeConfiguration");
    }

    /** Camel applies these to every route that is loaded from the same text, so they go along with each. */
    boolean isForTheFile() {
        return switch (kind) {
            case "onException",
                    "errorHandler",
                    "intercept",
                    "interceptFrom",
                    "interceptSendToEndpoint",
                    "onCompletion" -> true;
            default -> false;
        };
    }

    /** True when the name occurs anywhere in the item as a word of its own. */
    boolean mentions(String name) {
        return Pattern.compile("(?<![A-Za-z0-9_-])" + Pattern.quote(name) + "(?![A-Za-z0-9_-])")
                .matcher(content)
                .find();
    }

    String key() {
        return file + " " + kind + " " + id;
    }
}
