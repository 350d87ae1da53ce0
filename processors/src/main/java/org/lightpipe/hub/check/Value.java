package org.lightpipe.hub.check;

import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A single value in a route file.
 *
 * @param source name of the file
 * @param path how a person would name the place
 * @param node what is written there
 * @param scope whether it is within a template
 */
record Value(String source, String path, ScalarNode node, Scope scope) {

    String text() {
        return node.getValue();
    }

    int line() {
        return Nodes.line(node);
    }
}
