package org.lightpipe.core;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads YAML (and so JSON) and keeps the line of every value. */
public final class YamlSource {

    /** More than any form or configuration a person writes; a bound on what a stranger can send. */
    private static final int MAX_LENGTH = 4_000_000;

    /** Deeper than any configuration or route, and far from the end of the stack. */
    private static final int MAX_DEPTH = 100;

    private YamlSource() {}

    /** Parses a file to its tree; a file that cannot be read or parsed is a finding. */
    public static Optional<Node> node(Path file, Findings findings) {
        try {
            return node(file.toString(), Files.readString(file), findings);
        } catch (CharacterCodingException e) {
            findings.add(file.toString(), 0, "", "is not UTF-8 text", "save it as UTF-8");
        } catch (IOException e) {
            findings.add(file.toString(), 0, "", "cannot be read: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    /** Parses a text to its tree; a text that cannot be parsed is a finding. */
    public static Optional<Node> node(String source, String text, Findings findings) {
        if (text.length() > MAX_LENGTH) {
            findings.add(source, 0, "", "is longer than " + MAX_LENGTH + " characters", "");
            return Optional.empty();
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                // In one piece: a value that spans many would be copied once for each.
                .setBufferSize(text.length() + 1)
                .setCodePointLimit(MAX_LENGTH)
                .setMaxAliasesForCollections(50)
                .setAllowDuplicateKeys(false)
                .build();
        try {
            OptionalInt tooDeep = tooDeep(settings, text);
            if (tooDeep.isPresent()) {
                findings.add(
                        source,
                        tooDeep.getAsInt(),
                        "",
                        "is nested more than " + MAX_DEPTH + " levels deep",
                        "check brackets and indentation");
                return Optional.empty();
            }
            Optional<Node> node = new Compose(settings).composeString(text);
            if (node.isEmpty()) {
                findings.add(source, 1, "", "is empty", "");
            }
            node.ifPresent(root ->
                    refuseDuplicates(source, root, Collections.newSetFromMap(new IdentityHashMap<>()), findings));
            return node;
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).map(l -> l + 1).orElse(0);
            findings.add(source, line, "", "is not valid YAML: " + e.getProblem(), "check indentation and quotes");
        } catch (YamlEngineException e) {
            findings.add(source, 0, "", "is not valid YAML: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    /** Composing a tree takes stack with each level; events do not. The line at which it is too deep, if it is. */
    private static OptionalInt tooDeep(LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                return OptionalInt.of(
                        event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0));
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
        }
        return OptionalInt.empty();
    }

    /** Of two fields of one name only the last would count, and nobody would see why. */
    private static void refuseDuplicates(String source, Node node, Set<Node> seen, Findings findings) {
        if (!seen.add(node)) {
            return;
        }
        if (node instanceof MappingNode mapping) {
            Map<String, Integer> lines = new HashMap<>();
            for (NodeTuple tuple : mapping.getValue()) {
                if (tuple.getKeyNode() instanceof ScalarNode key) {
                    Integer first = lines.putIfAbsent(key.getValue(), YamlMap.line(key));
                    if (first != null) {
                        findings.add(
                                source,
                                YamlMap.line(key),
                                key.getValue(),
                                "is there twice, first in line " + first,
                                "remove one");
                    }
                }
                refuseDuplicates(source, tuple.getValueNode(), seen, findings);
            }
        } else if (node instanceof SequenceNode sequence) {
            sequence.getValue().forEach(item -> refuseDuplicates(source, item, seen, findings));
        }
    }

    /**
     * Reads a file whose root is a mapping.
     *
     * @param placeholders resolves <code>{{property}}</code> in a text; throws IllegalArgumentException for an unknown one
     */
    public static Optional<YamlMap> map(Path file, Findings findings, UnaryOperator<String> placeholders) {
        return node(file, findings).flatMap(node -> asMap(file.toString(), node, findings, placeholders));
    }

    /** Reads a text whose root is a mapping. A stranger may have written it: placeholders stay as they are. */
    public static Optional<YamlMap> map(String source, String text, Findings findings) {
        return node(source, text, findings).flatMap(node -> asMap(source, node, findings, UnaryOperator.identity()));
    }

    private static Optional<YamlMap> asMap(
            String source, Node node, Findings findings, UnaryOperator<String> placeholders) {
        if (node instanceof MappingNode mapping) {
            return Optional.of(new YamlMap(source, "", mapping, findings, placeholders));
        }
        findings.add(source, YamlMap.line(node), "", "is not a list of 'field: value' lines", "");
        return Optional.empty();
    }
}
