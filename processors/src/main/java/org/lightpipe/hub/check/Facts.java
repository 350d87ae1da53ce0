package org.lightpipe.hub.check;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** What all files together define, for the checks of what refers to it. */
final class Facts {

    /** Parameters of a template: true for those that must be given. */
    final Map<String, Map<String, Boolean>> templates = new LinkedHashMap<>();

    /** Beans that route files make; Object where the class is not known before it is made. */
    final Map<String, Class<?>> beans = new LinkedHashMap<>();

    final Set<String> routeConfigurations = new LinkedHashSet<>();

    /** Consumers of in-memory endpoints, such as {@code direct:catalog}, with the first place of each. */
    final Map<String, Site> consumers = new LinkedHashMap<>();

    /** True when a template consumes from a name that is only known later, so no name can be called unknown. */
    boolean anyConsumer;

    void template(Site site) {
        site.text("id").ifPresent(id -> {
            Map<String, Boolean> parameters = new LinkedHashMap<>();
            Nodes.child(site.node(), "parameters")
                    .ifPresent(list -> Nodes.items(list)
                            .forEach(item ->
                                    Nodes.text(item, "name").ifPresent(name -> parameters.put(name, isNeeded(item)))));
            templates.put(id, parameters);
        });
    }

    void template(String kamelet, Optional<Node> definition) {
        Map<String, Boolean> parameters = new LinkedHashMap<>();
        Optional<Node> properties = definition.flatMap(node -> Nodes.child(node, "properties"));
        properties.ifPresent(all -> Nodes.fields(all).keySet().forEach(key -> parameters.put(key, false)));
        definition
                .flatMap(node -> Nodes.child(node, "required"))
                .ifPresent(list -> Nodes.items(list)
                        .forEach(item -> Nodes.scalar(item).ifPresent(key -> {
                            boolean given = properties
                                    .flatMap(all -> Nodes.child(all, key))
                                    .flatMap(detail -> Nodes.child(detail, "default"))
                                    .isPresent();
                            parameters.put(key, !given);
                        })));
        templates.put(kamelet, parameters);
    }

    private static boolean isNeeded(Node parameter) {
        return Nodes.child(parameter, "defaultValue").isEmpty()
                && !Nodes.text(parameter, "required").orElse("true").equals("false");
    }
}
