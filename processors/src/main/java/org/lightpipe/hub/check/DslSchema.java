package org.lightpipe.hub.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The JSON schema of Camel's YAML DSL, as it lies in Camel's own jar. It never changes while the hub
 * runs and takes a second to load, so one instance serves the process. Thread-safe.
 */
final class DslSchema {

    private static final String RESOURCE = "schema/camelYamlDsl.json";
    private static final String PREFIX = "#/items/definitions/";

    private final JsonNode root;
    private final JsonNode definitions;
    private final Map<JsonNode, Map<String, JsonNode>> properties =
            Collections.synchronizedMap(new IdentityHashMap<>());

    private DslSchema(JsonNode root) {
        this.root = root;
        this.definitions = root.path("items").path("definitions");
    }

    /** Loads on first use. */
    static DslSchema get() {
        return Tree.SCHEMA;
    }

    private static final class Tree {
        static final DslSchema SCHEMA = load();

        private static DslSchema load() {
            try (InputStream stream = DslSchema.class.getClassLoader().getResourceAsStream(RESOURCE)) {
                if (stream == null) {
                    throw new FileNotFoundException(RESOURCE + " is not on the class path");
                }
                return new DslSchema(new ObjectMapper().readTree(stream));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The validator is dear, so it waits until a file is otherwise without fault. */
    private static final class Validator {
        static final JsonSchema SCHEMA = factory().getSchema(get().root);

        /** The schema marks options as deprecated, which is no rule of draft 4. */
        private static JsonSchemaFactory factory() {
            JsonMetaSchema draft4 = JsonMetaSchema.builder(JsonMetaSchema.getV4())
                    .keyword(new NonValidationKeyword("deprecated"))
                    .build();
            return JsonSchemaFactory.builder(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4))
                    .metaSchema(draft4)
                    .build();
        }
    }

    /** What one item of a route file may be. */
    JsonNode item() {
        return root.path("items");
    }

    /** A definition by its short name. */
    JsonNode definition(String shortName) {
        var names = definitions.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (shortName(name).equals(shortName)) {
                return definitions.get(name);
            }
        }
        return MissingNode.getInstance();
    }

    /** The short name of the definition that a schema refers to; empty when it stands for itself. */
    static String reference(JsonNode schema) {
        String reference = schema.path("$ref").asText("");
        return reference.startsWith(PREFIX) ? shortName(reference) : "";
    }

    /** The schema itself, or the definition that it refers to. */
    JsonNode resolve(JsonNode schema) {
        String reference = schema.path("$ref").asText("");
        return reference.startsWith(PREFIX) ? definitions.path(reference.substring(PREFIX.length())) : schema;
    }

    /** True when the schema, or one of its alternatives, is of a type. */
    boolean accepts(JsonNode schema, String type) {
        JsonNode resolved = resolve(schema);
        if (resolved.path("type").asText("").equals(type)) {
            return true;
        }
        for (JsonNode branch : branches(resolved)) {
            if (accepts(branch, type)) {
                return true;
            }
        }
        return false;
    }

    /** True when the schema says nothing at all about what is written. */
    boolean isFree(JsonNode schema) {
        JsonNode resolved = resolve(schema);
        return !resolved.has("type") && branches(resolved).isEmpty();
    }

    /** Every field that an object may have, from all alternatives. */
    Map<String, JsonNode> properties(JsonNode schema) {
        JsonNode resolved = resolve(schema);
        Map<String, JsonNode> known = properties.get(resolved);
        if (known == null) {
            known = new LinkedHashMap<>();
            collect(resolved, known);
            properties.put(resolved, known);
        }
        return known;
    }

    private void collect(JsonNode schema, Map<String, JsonNode> into) {
        // A field may be declared empty here and be described in an alternative.
        schema.path("properties")
                .properties()
                .forEach(entry ->
                        into.merge(entry.getKey(), entry.getValue(), (old, next) -> old.isEmpty() ? next : old));
        for (JsonNode branch : branches(schema)) {
            collect(resolve(branch), into);
        }
    }

    /** What the schema's verdict is on a file that was brought into its types. */
    Set<ValidationMessage> validate(JsonNode file) {
        return Validator.SCHEMA.validate(file);
    }

    private static List<JsonNode> branches(JsonNode schema) {
        List<JsonNode> branches = new ArrayList<>();
        schema.path("oneOf").forEach(branches::add);
        schema.path("anyOf").forEach(branches::add);
        return branches;
    }

    private static String shortName(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
