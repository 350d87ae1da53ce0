package org.lightpipe.hub.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lightpipe.core.Findings;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Walks one route file beside the schema. It says in plain words what does not fit, names every place
 * for the checks that follow, and brings each value into the type that the schema expects: YAML's guess
 * (a number where Camel wants a text, a placeholder where it wants a number) is no mistake of the author.
 * A validator alone would answer one wrong word with forty alternatives that it might have been.
 */
final class SchemaWalk {

    private static final int MAX_DEPTH = 120;
    private static final int MAX_NODES = 200_000;

    private static final String STEP = "ProcessorDefinition";

    /** A person looks for these by their own name, wherever they stand. */
    private static final Set<String> STANDS_ALONE =
            Set.of("from", "intercept", "interceptFrom", "interceptSendToEndpoint", "onCompletion", "onException");

    /** These do nothing without an expression, yet the schema lets it be missing. */
    private static final Set<String> NEED_EXPRESSION = Set.of(
            "DelayDefinition",
            "DynamicRouterDefinition",
            "EnrichDefinition",
            "FilterDefinition",
            "IdempotentConsumerDefinition",
            "PollEnrichDefinition",
            "RecipientListDefinition",
            "RoutingSlipDefinition",
            "ScriptDefinition",
            "SetBodyDefinition",
            "SetHeaderDefinition",
            "SetPropertyDefinition",
            "SetVariableDefinition",
            "SplitDefinition",
            "ThrottleDefinition",
            "ValidateDefinition",
            "WhenDefinition");

    private final DslSchema schema = DslSchema.get();
    private final String source;
    private final Findings findings;
    private final List<Site> sites = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();
    private int nodes;

    SchemaWalk(String source, Findings findings) {
        this.source = source;
        this.findings = findings;
    }

    List<Site> sites() {
        return List.copyOf(sites);
    }

    /** Every single value, in the order in which it was written. */
    List<Value> values() {
        return List.copyOf(values);
    }

    /** Walks a file of routes, whose root is a list. */
    JsonNode file(SequenceNode root) {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        for (Node item : root.getValue()) {
            items.add(item(item));
        }
        return items;
    }

    /** Walks what a Kamelet makes routes from. */
    void kamelet(Node template, Scope scope) {
        walk(schema.definition("RouteTemplateDefinition"), template, new Place("", "route", scope, 0, true));
    }

    private JsonNode item(Node item) {
        Map<String, NodeTuple> fields = Nodes.fields(item);
        if (!(item instanceof MappingNode) || fields.isEmpty()) {
            wrong(item, "", "is not an item of a route file", "begin it with '- route:'");
            return JsonNodeFactory.instance.nullNode();
        }
        if (fields.size() > 1) {
            wrong(
                    item,
                    "",
                    "has " + fields.size() + " items in one entry: " + String.join(", ", fields.keySet()),
                    "start each with its own '- ' and indent its fields");
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        Map<String, JsonNode> known = schema.properties(schema.item());
        fields.forEach((key, tuple) -> {
            if (known.containsKey(key)) {
                object.set(key, walk(known.get(key), tuple.getValueNode(), new Place("", key, Scope.ROUTE, 0, false)));
            } else {
                wrong(
                        tuple.getKeyNode(),
                        "",
                        "unknown item '" + key + "'",
                        Mend.nearest(key, known.keySet(), "begin it with '- route:'"));
            }
        });
        return object;
    }

    /**
     * @param owner the definition around
     * @param path how a person would name the place
     * @param open true when fields that the schema requires may come from elsewhere
     */
    private record Place(String owner, String path, Scope scope, int depth, boolean open) {
        Place to(String newOwner, String newPath, Scope newScope) {
            return new Place(newOwner, newPath, newScope, depth + 1, false);
        }
    }

    private JsonNode walk(JsonNode ruleOrReference, Node node, Place place) {
        String definition = DslSchema.reference(ruleOrReference);
        JsonNode rule = schema.resolve(ruleOrReference);
        if (++nodes > MAX_NODES || place.depth() > MAX_DEPTH) {
            if (nodes <= MAX_NODES + 1) {
                nodes = MAX_NODES + 1;
                wrong(node, place.path(), "is nested too deeply or too large", "split the file");
            }
            return TextNode.valueOf("");
        }
        Place inner = place;
        if (!definition.isEmpty()) {
            Scope scope = scope(definition, node, place.scope());
            inner = new Place(place.owner(), place.path(), scope, place.depth(), place.open());
            sites.add(new Site(source, definition, place.owner(), place.path(), node, scope));
        }
        if (schema.isFree(rule)) {
            return plain(node, inner);
        }
        if (node instanceof MappingNode mapping) {
            if (schema.accepts(rule, "object")) {
                return object(definition, rule, mapping, inner);
            }
            wrong(node, place.path(), "is a group of fields", "write " + expected(rule));
        } else if (node instanceof SequenceNode sequence) {
            if (schema.accepts(rule, "array")) {
                return array(rule, sequence, inner);
            }
            wrong(node, place.path(), "is a list", "write " + expected(rule));
        } else if (node instanceof ScalarNode scalar) {
            return scalar(rule, scalar, inner);
        }
        return TextNode.valueOf("");
    }

    private JsonNode object(String definition, JsonNode rule, MappingNode mapping, Place place) {
        Map<String, JsonNode> known = schema.properties(rule);
        if (known.isEmpty()) {
            return plain(mapping, place);
        }
        boolean step = definition.equals(STEP);
        Map<String, NodeTuple> fields = Nodes.fields(mapping);
        if (step && fields.size() > 1) {
            wrong(
                    mapping,
                    place.path(),
                    "has " + fields.size() + " steps in one entry: " + String.join(", ", fields.keySet()),
                    "start each with its own '- ' and indent its options");
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        String owner = ownsAnExpression(definition) ? definition : place.owner();
        fields.forEach((key, tuple) -> {
            JsonNode child = known.get(key);
            if (child != null) {
                String path = step || STANDS_ALONE.contains(key) ? key : join(place.path(), key);
                object.set(key, walk(child, tuple.getValueNode(), place.to(owner, path, place.scope())));
            } else if (step) {
                wrong(
                        tuple.getKeyNode(),
                        "",
                        "unknown step '" + key + "'",
                        Mend.nearest(key, known.keySet(), "see the list of EIPs in Camel's documentation"));
            } else {
                wrong(
                        tuple.getKeyNode(),
                        join(place.path(), key),
                        "is not an option of " + last(place.path()),
                        Mend.nearest(key, known.keySet(), "remove it"));
            }
        });
        for (JsonNode required : rule.path("required")) {
            String field = required.asText();
            if (!fields.containsKey(field) && !place.open()) {
                wrong(mapping, join(place.path(), field), "is missing", "add '" + field + ": …'");
            }
        }
        if (NEED_EXPRESSION.contains(definition)) {
            Set<String> languages = new HashSet<>(
                    schema.properties(schema.definition("ExpressionDefinition")).keySet());
            languages.add("expression");
            languages.removeAll(Set.of("id"));
            if (fields.keySet().stream().noneMatch(languages::contains)) {
                wrong(mapping, place.path(), "has no expression", "add 'simple: …' or 'constant: …'");
            }
        }
        return object;
    }

    private JsonNode array(JsonNode rule, SequenceNode sequence, Place place) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        JsonNode items = rule.path("items");
        int index = 0;
        for (Node item : sequence.getValue()) {
            array.add(walk(items, item, place.to(place.owner(), place.path() + "[" + index++ + "]", place.scope())));
        }
        return array;
    }

    private JsonNode scalar(JsonNode rule, ScalarNode scalar, Place place) {
        String value = scalar.getValue();
        values.add(new Value(source, place.path(), scalar, place.scope()));
        boolean placeholder = value.contains("{{");
        boolean text = schema.accepts(rule, "string");
        boolean flag = schema.accepts(rule, "boolean");
        boolean number = schema.accepts(rule, "number") || schema.accepts(rule, "integer");
        if (!text && !flag && !number) {
            boolean empty = value.isBlank();
            wrong(
                    scalar,
                    place.path(),
                    empty ? "is empty" : "'" + value + "' is a single value",
                    "write " + expected(rule));
            return plain(scalar, place);
        }
        if (rule.has("enum")) {
            List<String> choices = new ArrayList<>();
            rule.get("enum").forEach(choice -> choices.add(choice.asText()));
            for (String choice : choices) {
                if (placeholder || choice.equalsIgnoreCase(value)) {
                    return TextNode.valueOf(choice);
                }
            }
            wrong(
                    scalar,
                    place.path(),
                    "'" + value + "' is not one of " + String.join(", ", choices),
                    Mend.nearest(value, choices, ""));
            return TextNode.valueOf(choices.get(0));
        }
        if (text) {
            return TextNode.valueOf(value);
        }
        if (flag) {
            if (!placeholder && !value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
                wrong(scalar, place.path(), "'" + value + "' is neither true nor false", "");
            }
            return BooleanNode.TRUE;
        }
        try {
            return placeholder ? IntNode.valueOf(1) : DecimalNode.valueOf(new BigDecimal(value.trim()));
        } catch (NumberFormatException e) {
            wrong(scalar, place.path(), "'" + value + "' is not a number", "");
            return IntNode.valueOf(1);
        }
    }

    private String expected(JsonNode rule) {
        if (schema.accepts(rule, "array")) {
            return "a list: '- …' lines";
        }
        return schema.accepts(rule, "object") ? "'field: value' lines below it" : "a single value";
    }

    private JsonNode plain(Node node, Place place) {
        if (++nodes > MAX_NODES || place.depth() > MAX_DEPTH) {
            return TextNode.valueOf("");
        }
        if (node instanceof MappingNode) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            Nodes.fields(node)
                    .forEach((key, tuple) -> object.set(
                            key,
                            plain(
                                    tuple.getValueNode(),
                                    place.to(place.owner(), join(place.path(), key), place.scope()))));
            return object;
        }
        if (node instanceof SequenceNode sequence) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            sequence.getValue()
                    .forEach(item -> array.add(plain(item, place.to(place.owner(), place.path(), place.scope()))));
            return array;
        }
        if (node instanceof ScalarNode scalar) {
            values.add(new Value(source, place.path(), scalar, place.scope()));
        }
        return TextNode.valueOf(Nodes.scalar(node).orElse(""));
    }

    private static Scope scope(String definition, Node node, Scope around) {
        if (!definition.equals("RouteTemplateDefinition")) {
            return around;
        }
        Set<String> names = new HashSet<>(around.names());
        for (String list : List.of("parameters", "beans")) {
            Nodes.child(node, list)
                    .ifPresent(items -> Nodes.items(items)
                            .forEach(item -> Nodes.text(item, "name").ifPresent(names::add)));
        }
        return new Scope(true, Set.copyOf(names));
    }

    private static boolean ownsAnExpression(String definition) {
        return !definition.isEmpty()
                && !definition.equals(STEP)
                && !definition.endsWith("Expression")
                && !definition.endsWith("ExpressionDefinition");
    }

    private static String join(String path, String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private void wrong(Node node, String field, String problem, String mend) {
        findings.add(source, Nodes.line(node), field, problem, mend);
    }
}
