package org.lightpipe.portal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The metadata of many files as one flat list that a person can read. A field in which the files differ shows its first
 * few values. Bounded in every direction, because files are written by anyone. Not thread-safe.
 */
final class MergedMetadata {

    private static final int MAX_FIELDS = 1000;
    private static final int MAX_VALUES = 10;
    private static final int MAX_ITEMS = 32;
    private static final int MAX_TEXT = 1000;
    private static final int MAX_DEPTH = 16;

    private final Map<String, Set<JsonNode>> fields = new LinkedHashMap<>();
    private boolean shortened;

    /** Adds what one file says; fields of fields get names with '/'. */
    void add(JsonNode metadata) {
        metadata.properties().forEach(field -> add(field.getKey(), field.getValue(), 0));
    }

    /** True when something was left out. */
    boolean isShortened() {
        return shortened;
    }

    ObjectNode merged() {
        ObjectNode merged = JsonNodeFactory.instance.objectNode();
        fields.forEach((name, values) -> {
            if (values.size() == 1) {
                merged.set(name, values.iterator().next());
            } else {
                merged.set(name, JsonNodeFactory.instance.arrayNode().addAll(values));
            }
        });
        return merged;
    }

    private void add(String name, JsonNode value, int depth) {
        if (value.isObject() && depth < MAX_DEPTH) {
            value.properties().forEach(field -> add(name + "/" + field.getKey(), field.getValue(), depth + 1));
            return;
        }
        if (value.isNull()) {
            return;
        }
        String field = text(name);
        if (!fields.containsKey(field) && fields.size() == MAX_FIELDS) {
            shortened = true;
            return;
        }
        Set<JsonNode> values = fields.computeIfAbsent(field, none -> new LinkedHashSet<>());
        JsonNode bounded = bounded(value);
        if (values.size() == MAX_VALUES && !values.contains(bounded)) {
            shortened = true;
        } else {
            values.add(bounded);
        }
    }

    private JsonNode bounded(JsonNode value) {
        if (value.isArray()) {
            ArrayNode items = JsonNodeFactory.instance.arrayNode();
            for (JsonNode item : value) {
                if (items.size() == MAX_ITEMS) {
                    shortened = true;
                    break;
                }
                items.add(item.isContainerNode() ? TextNode.valueOf(text(item.toString())) : bounded(item));
            }
            return items;
        }
        if (value.isObject()) {
            return TextNode.valueOf(text(value.toString()));
        }
        return value.isTextual() ? TextNode.valueOf(text(value.asText())) : value;
    }

    private String text(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        shortened = true;
        // never cut a character of two halves in the middle
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return text.substring(0, end) + "…";
    }
}
