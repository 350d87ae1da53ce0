package org.lightpipe.hub.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.spi.ToolProvider;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.JsonMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known about the components that routes may use: Camel's own from its catalogue, and every
 * other from the description that its jar carries. Thread-safe.
 */
final class Components {

    private static final Logger LOG = LoggerFactory.getLogger(Components.class);

    private static final String SERVICES = "META-INF/services/org/apache/camel/";

    private final ClassLoader loader;
    private final Function<String, Optional<String>> properties;
    private final CamelCatalog catalog = new DefaultCamelCatalog(true);
    private final Map<String, Optional<ComponentModel>> models = new ConcurrentHashMap<>();

    /**
     * @param loader sees the components
     * @param properties value of a property by name, without placeholders
     */
    Components(ClassLoader loader, Function<String, Optional<String>> properties) {
        this.loader = loader;
        this.properties = properties;
        addOthers();
    }

    CamelCatalog catalog() {
        return catalog;
    }

    /** Description of a component; empty when nothing on the class path describes it. */
    Optional<ComponentModel> find(String scheme) {
        return models.computeIfAbsent(
                scheme,
                name -> Optional.ofNullable(catalog.componentJSonSchema(name)).map(JsonMapper::generateComponentModel));
    }

    /** True when the component's code is on the class path, and not only its description. */
    boolean isInstalled(String scheme) {
        return loader.getResource(SERVICES + "component/" + scheme) != null;
    }

    /** Every component whose code is on the class path. */
    Collection<String> installed() {
        TreeSet<String> names = new TreeSet<>();
        for (String name : catalog.findComponentNames()) {
            if (isInstalled(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private void addOthers() {
        try {
            Enumeration<URL> lists = loader.getResources(SERVICES + "component.properties");
            while (lists.hasMoreElements()) {
                Properties list = new Properties();
                try (InputStream stream = lists.nextElement().openStream()) {
                    list.load(stream);
                }
                for (String scheme : list.getProperty("components", "").split("[\\s,]+")) {
                    if (!scheme.isEmpty() && catalog.componentJSonSchema(scheme) == null) {
                        add(scheme);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the class path cannot be read: " + e.getMessage(), e);
        }
    }

    private void add(String scheme) throws IOException {
        Properties service = new Properties();
        try (InputStream stream = loader.getResourceAsStream(SERVICES + "component/" + scheme)) {
            if (stream == null) {
                return;
            }
            service.load(stream);
        }
        String className = service.getProperty("class", "");
        int dot = className.lastIndexOf('.');
        if (dot < 0) {
            return;
        }
        // Camel's generator puts the description beside the class since 4.0, and below META-INF before.
        String beside = className.substring(0, dot).replace('.', '/') + "/" + scheme + ".json";
        for (String place : new String[] {"META-INF/" + beside, beside}) {
            try (InputStream stream = loader.getResourceAsStream(place)) {
                if (stream != null) {
                    String json = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    catalog.addComponent(
                            scheme, className, current(scheme, json).orElse(json));
                    return;
                }
            }
        }
    }

    /**
     * A component that is made larger without being built again, as gpu: is by jars in a folder, offers a tool
     * {@code SCHEME-catalog} that prints its description as it is here. It is told the options of the component that are
     * set, as {@code name=value}.
     */
    private Optional<String> current(String scheme, String built) {
        String[] options = JsonMapper.generateComponentModel(built).getComponentOptions().stream()
                .map(BaseOptionModel::getName)
                .flatMap(name ->
                        properties
                                .apply("camel.component." + scheme + "." + name)
                                .map(value -> name + "=" + value)
                                .stream())
                .toArray(String[]::new);
        return ToolProvider.findFirst(scheme + "-catalog").flatMap(tool -> {
            StringWriter json = new StringWriter();
            StringWriter trouble = new StringWriter();
            int status = tool.run(new PrintWriter(json, true), new PrintWriter(trouble, true), options);
            if (status != 0) {
                LOG.warn("the description of {} cannot be made: {}", scheme, trouble);
            }
            return status == 0 ? Optional.of(json.toString()) : Optional.empty();
        });
    }
}
