package org.lightpipe.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.lightpipe.gpu.technique.Technique;

/**
 * Prints the description of the component as the build generates it, with the techniques of the jars in the folder added:
 * whoever checks routes then knows those, too. Found by its name {@code gpu-catalog} through {@link ToolProvider}.
 */
public final class GpuCatalogTool implements ToolProvider {

    /** The option of the component, as whoever calls tells it. */
    private static final String FOLDER = "techniques=";

    private final Optional<Path> folder;

    /** Looks for further techniques in {@code techniques/} of the directory that {@code lightpipe.home} names. */
    public GpuCatalogTool() {
        this(GpuTool.homeFolder());
    }

    GpuCatalogTool(Optional<Path> folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return "gpu-catalog";
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        Optional<Path> jars = Arrays.stream(arguments)
                .filter(argument -> argument.startsWith(FOLDER))
                .map(argument -> Path.of(argument.substring(FOLDER.length())))
                .findFirst()
                .or(() -> folder);
        try (Techniques techniques = Techniques.load(GpuCatalogTool.class.getClassLoader(), jars)) {
            out.println(describe(techniques).toJson());
            return 0;
        } catch (IOException | DeserializationException e) {
            err.println("lightpipe: " + e.getMessage());
            return 1;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static JsonObject describe(Techniques techniques) throws IOException, DeserializationException {
        try (InputStream in = GpuCatalogTool.class.getResourceAsStream("/META-INF/org/lightpipe/gpu/gpu.json")) {
            JsonObject description =
                    (JsonObject) Jsoner.deserialize(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            JsonObject properties = description.getMap("properties");
            JsonArray names = ((JsonObject) properties.get("technique")).getCollection("enum");
            for (Technique<?> technique : techniques.all()) {
                if (!names.contains(technique.name())) {
                    names.add(technique.name());
                    OptionsBinder.options(technique.options().getClass())
                            .forEach(option -> add(properties, technique.name(), option));
                }
            }
            return description;
        }
    }

    /** Of an option that is there already, only what values it may have is widened. */
    private static void add(JsonObject properties, String technique, TechniqueOption option) {
        if (properties.get(option.name()) instanceof JsonObject known) {
            JsonArray choices = known.getCollection("enum");
            if (choices != null && option.choices().isEmpty()) {
                known.remove("enum");
            } else if (choices != null) {
                option.choices().stream()
                        .filter(choice -> !choices.contains(choice))
                        .forEach(choices::add);
            }
            if (!type(option).equals(known.get("type"))) {
                known.put("type", "string");
                known.put("javaType", String.class.getName());
            }
            return;
        }
        JsonObject described = new JsonObject();
        described.put("index", properties.size());
        described.put("kind", "parameter");
        described.put("displayName", option.name());
        described.put("group", technique);
        described.put("label", technique);
        described.put("required", false);
        described.put("type", type(option));
        described.put("javaType", option.type().getName());
        if (!option.choices().isEmpty()) {
            described.put("enum", new JsonArray(option.choices()));
        }
        described.put("deprecated", false);
        described.put("autowired", false);
        described.put("secret", false);
        described.put("description", option.description());
        properties.put(option.name(), described);
    }

    private static String type(TechniqueOption option) {
        if (!option.choices().isEmpty() && option.kind().equals("text")) {
            return "enum";
        }
        return switch (option.kind()) {
            case "true or false" -> "boolean";
            case "a whole number" -> "integer";
            case "a number" -> "number";
            default -> "string";
        };
    }
}
