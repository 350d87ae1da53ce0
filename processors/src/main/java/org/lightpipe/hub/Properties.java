package org.lightpipe.hub;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.lightpipe.core.YamlMap;

/**
 * The hub's properties: {@code application.properties}, over it the profile's file, over it the environment, over it
 * system properties, over it what the command line says. Immutable.
 */
final class Properties {

    private static final int MAX_PLACEHOLDERS = 200;

    private final Map<String, String> values;
    private final Function<String, String> environment;

    private Properties(Map<String, String> values, Function<String, String> environment) {
        this.values = values;
        this.environment = environment;
    }

    /** Reads the properties of a hub. */
    static Properties read(HubOptions options) {
        return read(options, System::getenv);
    }

    static Properties read(HubOptions options, Function<String, String> environment) {
        Map<String, String> values = new TreeMap<>();
        load(options.config().resolve("application.properties"), values);
        options.profile().ifPresent(profile -> {
            Path file = options.config().resolve("application-" + profile + ".properties");
            if (!Files.exists(file)) {
                throw new IllegalArgumentException(
                        "there is no profile '" + profile + "': " + file + " does not exist");
            }
            load(file, values);
        });
        values.replaceAll((name, value) -> Optional.ofNullable(System.getProperty(name))
                .or(() -> Optional.ofNullable(environment.apply(variable(name))))
                .orElse(value));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("camel.") || name.startsWith("lightpipe."))
                .forEach(name -> values.put(name, System.getProperty(name)));
        values.put("lightpipe.home", options.home().toString());
        values.put("lightpipe.state", options.state().toString());
        values.putAll(options.overrides());
        return new Properties(Map.copyOf(values), environment);
    }

    private static void load(Path file, Map<String, String> values) {
        java.util.Properties loaded = new java.util.Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            loaded.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read; is --home the directory of Lightpipe?", e);
        }
        loaded.stringPropertyNames().forEach(name -> values.put(name, loaded.getProperty(name)));
    }

    /** Name of the environment variable that overrides a property: {@code camel.server.port} is CAMEL_SERVER_PORT. */
    static String variable(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_").replaceAll("_$", "");
    }

    /** All values, as written: placeholders in them are Camel's to resolve. */
    Map<String, String> all() {
        return values;
    }

    /** A property with its placeholders resolved; the other value when it is not there. */
    String get(String name, String otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : resolve(value);
    }

    /**
     * Resolves {@code {{name}}}, {@code {{name:default}}} and {@code {{env:NAME:default}}}.
     *
     * @throws IllegalArgumentException for a name that is not defined
     */
    String resolve(String text) {
        String resolved = text;
        for (int i = 0; i < MAX_PLACEHOLDERS; i++) {
            int end = resolved.indexOf("}}");
            int begin = end < 0 ? -1 : resolved.lastIndexOf("{{", end);
            if (begin < 0) {
                return resolved;
            }
            String value = lookUp(resolved.substring(begin + 2, end));
            resolved = resolved.substring(0, begin) + value + resolved.substring(end + 2);
        }
        throw new IllegalArgumentException("'" + text + "' refers to itself");
    }

    private String lookUp(String expression) {
        boolean fromEnvironment = expression.startsWith("env:");
        String rest = fromEnvironment ? expression.substring("env:".length()) : expression;
        int colon = rest.indexOf(':');
        String name = colon < 0 ? rest : rest.substring(0, colon);
        String value = fromEnvironment ? environment.apply(name) : values.get(name);
        if (value == null && colon < 0) {
            throw new IllegalArgumentException(
                    (fromEnvironment ? "environment variable '" : "property '") + name + "' is not defined");
        }
        return value == null ? rest.substring(colon + 1) : value;
    }

    /**
     * A duration.
     *
     * @throws IllegalArgumentException when it is none, in words
     */
    Duration duration(String property) {
        String text = get(property, "");
        return YamlMap.parseDuration(text)
                .orElseThrow(() -> new IllegalArgumentException("config/application.properties: " + property + ": '"
                        + text + "' is not a duration (write it as 500ms, 2s, 5min, 12h or 90d)"));
    }

    /**
     * A number of bytes, or of bytes a second.
     *
     * @throws IllegalArgumentException when it is none, in words
     */
    long bytes(String property) {
        String text = get(property, "");
        return YamlMap.parseBytes(text)
                .orElseThrow(() -> new IllegalArgumentException("config/application.properties: " + property + ": '"
                        + text + "' is not a number of bytes (write it as 100MB/s or 2GiB)"));
    }

    /**
     * A whole number.
     *
     * @throws IllegalArgumentException when it is none, in words
     */
    int number(String property, int otherwise) {
        String text = get(property, Integer.toString(otherwise));
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "config/application.properties: " + property + ": '" + text + "' is not a whole number", e);
        }
    }
}
