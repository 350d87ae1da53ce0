package org.lightpipe.hub.check;

import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A place in a route file where the schema of Camel's YAML DSL names what stands there.
 *
 * @param source name of the file
 * @param definition short name of the schema's definition, such as {@code ToDefinition}
 * @param owner the nearest definition around it that is not an expression, such as {@code WhenDefinition}
 * @param path how a person would name the place, such as {@code to} or {@code route}
 * @param node what is written there
 * @param scope whether it is within a template
 */
record Site(String source, String definition, String owner, String path, Node node, Scope scope) {

    Optional<String> text(String field) {
        return Nodes.text(node, field);
    }

    int line() {
        return Nodes.line(node);
    }

    int line(String field) {
        return Nodes.line(node, field);
    }

    String field(String field) {
        if (path.isEmpty() || field.isEmpty()) {
            return path + field;
        }
        return path + "." + field;
    }

    boolean is(String... definitions) {
        for (String name : definitions) {
            if (name.equals(definition)) {
                return true;
            }
        }
        return false;
    }
}
