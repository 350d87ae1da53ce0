package org.lightpipe.hub.reload;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlSource;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A route file taken apart into its items, so that only those that changed need to be loaded.
 *
 * @param name name of the file
 * @param text what was read
 * @param items its items in order; empty for a text that is not a list of routes
 */
record RouteFile(String name, String text, List<Item> items) {

    private static final int MAX_DEPTH = 120;

    static RouteFile parse(String name, String text) {
        Optional<Node> root = YamlSource.node(name, text, new Findings());
        if (root.isPresent() && root.get() instanceof SequenceNode sequence) {
            return new RouteFile(name, text, items(name, text, sequence));
        }
        if (root.isPresent() && name.endsWith(".kamelet.yaml")) {
            String id = child(root.get(), "metadata")
                    .flatMap(metadata -> child(metadata, "name"))
                    .map(RouteFile::scalar)
                    .orElse(name);
            Item whole = new Item(name, "kamelet", id, content(root.get(), 0), 0, lines(text).length);
            return new RouteFile(name, text, List.of(whole));
        }
        return new RouteFile(name, text, List.of());
    }

    private static List<Item> items(String name, String text, SequenceNode root) {
        List<Item> items = new ArrayList<>();
        List<Node> nodes = root.getValue();
        Map<String, Integer> unnamed = new HashMap<>();
        for (int i = 0; i < nodes.size(); i++) {
            int first = line(nodes.get(i));
            int end = i + 1 < nodes.size() ? line(nodes.get(i + 1)) : lines(text).length;
            if (nodes.get(i) instanceof MappingNode mapping) {
                for (NodeTuple tuple : mapping.getValue()) {
                    String kind = scalar(tuple.getKeyNode());
                    String id =
                            id(kind, tuple.getValueNode()).orElseGet(() -> "#" + unnamed.merge(kind, 1, Integer::sum));
                    items.add(new Item(name, kind, id, content(tuple.getValueNode(), 0), first, end));
                }
            }
        }
        return List.copyOf(items);
    }

    private static Optional<String> id(String kind, Node node) {
        String field = kind.equals("templatedRoute") ? "routeId" : "id";
        return child(node, field).map(RouteFile::scalar).filter(id -> !id.isEmpty());
    }

    /**
     * The text with only some items left. Every other line is empty, so that what Camel says about the
     * rest still has the right line.
     *
     * @return nothing when the file is written so that its items cannot be told apart by lines
     */
    Optional<String> only(Set<Item> wanted) {
        if (wanted.containsAll(items)) {
            return Optional.of(text);
        }
        String[] lines = lines(text);
        StringBuilder left = new StringBuilder();
        for (int i = 0; i < lines.length; i++) {
            int line = i;
            if (wanted.stream().anyMatch(item -> item.firstLine() <= line && line < item.endLine())) {
                left.append(lines[i]);
            }
            left.append('\n');
        }
        List<String> kept =
                items.stream().filter(wanted::contains).map(Item::content).toList();
        List<String> got =
                parse(name, left.toString()).items().stream().map(Item::content).toList();
        return kept.equals(got) ? Optional.of(left.toString()) : Optional.empty();
    }

    private static String[] lines(String text) {
        return text.split("\r?\n", -1);
    }

    private static int line(Node node) {
        return node.getStartMark().orElseThrow().getLine();
    }

    private static Optional<Node> child(Node node, String field) {
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (scalar(tuple.getKeyNode()).equals(field)) {
                    return Optional.of(tuple.getValueNode());
                }
            }
        }
        return Optional.empty();
    }

    private static String scalar(Node node) {
        return node instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static String content(Node node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException("nested too deeply");
        }
        StringBuilder text = new StringBuilder();
        if (node instanceof MappingNode mapping) {
            text.append('{');
            for (NodeTuple tuple : mapping.getValue()) {
                text.append(content(tuple.getKeyNode(), depth + 1))
                        .append(": ")
                        .append(content(tuple.getValueNode(), depth + 1))
                        .append(", ");
            }
            text.append('}');
        } else if (node instanceof SequenceNode sequence) {
            text.append('[');
            for (Node item : sequence.getValue()) {
                text.append(content(item, depth + 1)).append(", ");
            }
            text.append(']');
        } else {
            // quoted, so that no value can look like the end of another
            text.append('"')
                    .append(scalar(node).replace("\\", "\\\\").replace("\"", "\\\""))
                    .append('"');
        }
        return text.toString();
    }
}
