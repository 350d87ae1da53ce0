package org.lightpipe.hub.check;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads from a YAML tree. */
final class Nodes {

    private Nodes() {}

    /** Line of a node, from 1. */
    static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    /** Value of a field, if the node is a mapping that has it. */
    static Optional<Node> child(Node node, String field) {
        return tuple(node, field).map(NodeTuple::getValueNode);
    }

    /** Single value of a field, if it has one. */
    static Optional<String> text(Node node, String field) {
        return child(node, field).flatMap(Nodes::scalar);
    }

    static Optional<String> scalar(Node node) {
        return node instanceof ScalarNode scalar ? Optional.of(scalar.getValue()) : Optional.empty();
    }

    /** Line of a field, or of the node when the field is not there. */
    static int line(Node node, String field) {
        return tuple(node, field).map(tuple -> line(tuple.getKeyNode())).orElse(line(node));
    }

    static List<Node> items(Node node) {
        return node instanceof SequenceNode sequence ? sequence.getValue() : List.of();
    }

    /** Fields of a mapping in the order in which they were written; empty for anything else. */
    static Map<String, NodeTuple> fields(Node node) {
        Map<String, NodeTuple> fields = new LinkedHashMap<>();
        if (node instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                scalar(tuple.getKeyNode()).ifPresent(key -> fields.put(key, tuple));
            }
        }
        return fields;
    }

    private static Optional<NodeTuple> tuple(Node node, String field) {
        return Optional.ofNullable(fields(node).get(field));
    }
}
