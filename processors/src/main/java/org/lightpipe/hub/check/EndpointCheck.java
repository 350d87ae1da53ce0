package org.lightpipe.hub.check;

import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.tooling.model.BaseOptionModel;
import org.apache.camel.tooling.model.ComponentModel;
import org.apache.camel.tooling.model.ComponentModel.EndpointOptionModel;
import org.lightpipe.core.Findings;
import org.snakeyaml.engine.v2.nodes.Node;

/** Endpoints: the component is there, every option is one of its own and has a value that it takes. */
final class EndpointCheck {

    private enum Role {
        READS,
        WRITES
    }

    /** Endpoints that only exist when a route of this hub consumes from them. */
    private static final Set<String> IN_MEMORY = Set.of("direct", "seda");

    private final Components components;
    private final Placeholders placeholders;
    private final ReferenceCheck references;
    private final Facts facts;
    private final Findings findings;

    EndpointCheck(
            Components components,
            Placeholders placeholders,
            ReferenceCheck references,
            Facts facts,
            Findings findings) {
        this.components = components;
        this.placeholders = placeholders;
        this.references = references;
        this.facts = facts;
        this.findings = findings;
    }

    /** The in-memory endpoint that a route begins with, if it does. */
    static Optional<String> consumer(Site site, Placeholders placeholders, Facts facts) {
        Placeholders.Resolved uri = placeholders.resolve(
                site.text("uri").orElse(Nodes.scalar(site.node()).orElse("")), site.scope());
        String scheme = scheme(uri.text());
        if (!IN_MEMORY.contains(scheme) && !(uri.open() && scheme.isEmpty())) {
            return Optional.empty();
        }
        String name = uri.text().contains(":")
                ? rest(uri.text())
                : Nodes.child(site.node(), "parameters")
                        .flatMap(parameters -> Nodes.text(parameters, "name"))
                        .orElse("");
        Placeholders.Resolved resolved = placeholders.resolve(name, site.scope());
        if (uri.open() || resolved.open()) {
            facts.anyConsumer = true;
            return Optional.empty();
        }
        return Optional.of(scheme + ":" + resolved.text());
    }

    void check(Site site) {
        switch (site.definition()) {
            case "FromDefinition", "RouteFromDefinitionDeserializer", "PollDefinition" -> endpoint(site, Role.READS);
            case "ToDefinition", "ToDynamicDefinition", "WireTapDefinition" -> endpoint(site, Role.WRITES);
            case "DeadLetterChannelDefinition" ->
                site.text("deadLetterUri").ifPresent(uri -> withQuery(site, "deadLetterUri", uri, Role.WRITES));
            case "EnrichDefinition" -> expressions(site, Role.WRITES);
            case "PollEnrichDefinition" -> expressions(site, Role.READS);
            case "KameletDefinition" -> kameletStep(site);
            default -> {
                // not an endpoint
            }
        }
    }

    private void endpoint(Site site, Role role) {
        Optional<String> single = Nodes.scalar(site.node());
        String field = single.isPresent() ? site.path() : site.field("uri");
        int line = site.line("uri");
        Optional<String> uri = single.or(() -> site.text("uri"));
        if (uri.isEmpty()) {
            return;
        }
        int query = uri.get().replaceAll("\\$\\{[^}]*}", "").indexOf('?');
        if (query >= 0 && !uri.get().contains("{{?")) {
            findings.add(site.source(), line, field, "has options in it", "move them to 'parameters:'");
            return;
        }
        Map<String, Option> options = new LinkedHashMap<>();
        Nodes.child(site.node(), "parameters")
                .ifPresent(parameters -> Nodes.fields(parameters)
                        .forEach((key, tuple) -> options.put(
                                key,
                                new Option(
                                        site.field("parameters." + key),
                                        Nodes.line(tuple.getKeyNode()),
                                        Nodes.scalar(tuple.getValueNode())))));
        check(new Use(site, role, uri.get(), field, line, options));
    }

    /** Enrichers have their endpoint in an expression, where Camel wants the options in the text. */
    private void expressions(Site site, Role role) {
        for (String language : List.of("constant", "simple")) {
            Optional<Node> expression = Nodes.child(site.node(), language)
                    .or(() -> Nodes.child(site.node(), "expression").flatMap(outer -> Nodes.child(outer, language)));
            expression
                    .flatMap(node -> Nodes.scalar(node).or(() -> Nodes.text(node, "expression")))
                    .ifPresent(uri -> withQuery(site, language, uri, role));
        }
    }

    private void withQuery(Site site, String field, String uri, Role role) {
        int line = site.line(field);
        int question = uri.indexOf('?');
        Map<String, Option> options = new LinkedHashMap<>();
        if (question >= 0 && !uri.startsWith("{{")) {
            for (String pair : uri.substring(question + 1).split("&")) {
                String[] parts = pair.split("=", 2);
                if (!parts[0].isBlank()) {
                    options.put(
                            parts[0].trim(),
                            new Option(
                                    site.field(field) + "?" + parts[0],
                                    line,
                                    parts.length == 2 ? Optional.of(parts[1]) : Optional.empty()));
                }
            }
        }
        String address = question >= 0 && !uri.startsWith("{{") ? uri.substring(0, question) : uri;
        check(new Use(site, role, address, site.field(field), line, options));
    }

    private void kameletStep(Site site) {
        String name = site.text("name").or(() -> Nodes.scalar(site.node())).orElse("");
        Set<String> given = new LinkedHashSet<>();
        Nodes.child(site.node(), "parameters")
                .ifPresent(parameters -> given.addAll(Nodes.fields(parameters).keySet()));
        template(site, site.line("name"), site.field("name"), name, given, "Kamelet");
    }

    /** One option as it was written; no value when it is not a single one. */
    private record Option(String field, int line, Optional<String> value) {}

    /** One endpoint as it was written. */
    private record Use(Site site, Role role, String uri, String field, int line, Map<String, Option> options) {
        boolean isReading() {
            return role == Role.READS;
        }
    }

    private void check(Use use) {
        Placeholders.Resolved resolved =
                placeholders.resolve(use.uri(), use.site().scope());
        String uri = resolved.text().trim();
        String scheme = scheme(uri);
        if (scheme.isEmpty()
                || scheme.contains("${")
                || (resolved.open() && use.uri().startsWith("{{"))) {
            return;
        }
        Optional<ComponentModel> model = components.find(scheme);
        if (model.isEmpty()) {
            if (!components.isInstalled(scheme)) {
                wrong(
                        use,
                        "unknown component '" + scheme + "'",
                        Mend.nearest(scheme, components.installed(), "use one that is on the class path"));
            }
            return;
        }
        if (!components.isInstalled(scheme)) {
            wrong(
                    use,
                    "component '" + scheme + "' is not on the hub's class path",
                    "add " + model.get().getArtifactId() + " to it");
            return;
        }
        if (use.isReading() && model.get().isProducerOnly()) {
            wrong(use, scheme + " cannot be read from", "use it in 'to'");
        } else if (!use.isReading() && model.get().isConsumerOnly()) {
            wrong(use, scheme + " can only be read from", "use it in 'from'");
        }
        boolean dynamic = resolved.open() || uri.contains("${");
        if (!dynamic) {
            inMemory(use, scheme, uri);
            path(use, model.get(), uri);
        }
        if (scheme.equals("kamelet")) {
            if (!dynamic) {
                String name = uri.contains(":")
                        ? rest(uri)
                        : Optional.ofNullable(use.options().get("templateId"))
                                .flatMap(Option::value)
                                .orElse("");
                Set<String> given = new LinkedHashSet<>(use.options().keySet());
                model.get().getEndpointOptions().forEach(option -> given.remove(option.getName()));
                template(
                        use.site(),
                        use.line(),
                        use.field(),
                        name.contains("/") ? name.substring(0, name.indexOf('/')) : name,
                        given,
                        "Kamelet");
            }
            return;
        }
        use.options().forEach((name, option) -> option(use, model.get(), scheme, name, option));
        for (EndpointOptionModel option : model.get().getEndpointOptions()) {
            boolean inUri = option.getKind().equals("path") && uri.length() > scheme.length() + 1;
            if (option.isRequired()
                    && !inUri
                    && option.getDefaultValue() == null
                    && !use.options().containsKey(option.getName())) {
                findings.add(
                        use.site().source(),
                        use.line(),
                        use.site().field("parameters." + option.getName()),
                        "is missing; " + scheme + " needs it",
                        "add '" + option.getName() + ": …'");
            }
        }
        if (scheme.equals("bean") && !dynamic) {
            references.bean(
                    use.site(),
                    use.line(),
                    use.field(),
                    rest(uri),
                    Optional.ofNullable(use.options().get("method")).flatMap(Option::value));
        }
    }

    private void option(Use use, ComponentModel model, String scheme, String name, Option option) {
        Optional<EndpointOptionModel> known = find(model, name);
        if (known.isEmpty()) {
            if (!model.isLenientProperties()) {
                List<String> names = model.getEndpointOptions().stream()
                        .map(BaseOptionModel::getName)
                        .toList();
                findings.add(
                        use.site().source(),
                        option.line(),
                        option.field(),
                        "is not an option of " + scheme,
                        Mend.nearest(name, names, "see the options of " + scheme + " in Camel's documentation"));
            }
            return;
        }
        if (known.get().isMultiValue() || option.value().isEmpty()) {
            return;
        }
        String label = known.get().getLabel() == null ? "" : known.get().getLabel();
        if (use.isReading() && label.contains("producer") && !label.contains("consumer")) {
            findings.add(
                    use.site().source(),
                    option.line(),
                    option.field(),
                    "has no effect here: it is about writing",
                    "remove it");
        } else if (!use.isReading() && label.contains("consumer") && !label.contains("producer")) {
            findings.add(
                    use.site().source(),
                    option.line(),
                    option.field(),
                    "has no effect here: it is about reading",
                    "remove it");
        }
        Placeholders.Resolved value =
                placeholders.resolve(option.value().get(), use.site().scope());
        if (!value.open()) {
            value(use.site(), option.line(), option.field(), known.get(), value.text());
        }
    }

    private static Optional<EndpointOptionModel> find(ComponentModel model, String name) {
        for (EndpointOptionModel option : model.getEndpointOptions()) {
            String optional = option.getOptionalPrefix() == null ? "" : option.getOptionalPrefix();
            boolean prefixed = option.isMultiValue()
                    && option.getPrefix() != null
                    && !option.getPrefix().isEmpty()
                    && name.startsWith(option.getPrefix());
            String plain = name.startsWith(optional) ? name.substring(optional.length()) : name;
            if (prefixed || option.getName().equals(name) || option.getName().equals(plain)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    private void value(Site site, int line, String field, BaseOptionModel option, String value) {
        if (value.contains("${") || value.startsWith("RAW(")) {
            return;
        }
        if (value.startsWith("#")) {
            references.named(site, line, field, value);
            return;
        }
        List<String> choices = option.getEnums();
        if (choices != null && !choices.isEmpty()) {
            for (String part : value.split(",")) {
                if (choices.stream().noneMatch(choice -> squeezed(choice).equals(squeezed(part)))) {
                    findings.add(
                            site.source(),
                            line,
                            field,
                            "'" + part.trim() + "' is not one of " + String.join(", ", choices),
                            Mend.nearest(part.trim(), choices, ""));
                }
            }
            return;
        }
        String problem = switch (option.getType() == null ? "" : option.getType()) {
            case "boolean" ->
                value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false") ? "" : "is neither true nor false";
            case "integer" ->
                isWholeNumber(value) || (isLong(option) && isDuration(value))
                        ? ""
                        : "is not a whole number" + (isLong(option) ? " of milliseconds, nor a duration" : "");
            case "number" -> value.trim().matches("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?") ? "" : "is not a number";
            case "duration" ->
                isWholeNumber(value) || isDuration(value)
                        ? ""
                        : "is not a duration; write it as 500 (milliseconds), 2s, 5m or 1h30m";
            default -> "";
        };
        if (!problem.isEmpty()) {
            findings.add(site.source(), line, field, "'" + value + "' " + problem, "");
        }
    }

    private static boolean isWholeNumber(String value) {
        return value.trim().matches("[+-]?\\d+");
    }

    private boolean isDuration(String value) {
        return components.catalog().validateTimePattern(value.trim());
    }

    /** Camel reads a duration wherever it wants a long. */
    private static boolean isLong(BaseOptionModel option) {
        return "long".equals(option.getJavaType()) || "java.lang.Long".equals(option.getJavaType());
    }

    private static String squeezed(String text) {
        return text.trim().replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** What stands in the address itself is checked like an option. */
    private void path(Use use, ComponentModel model, String uri) {
        if (uri.indexOf(':') < 0 || model.getEndpointPathOptions().isEmpty()) {
            return;
        }
        Map<String, String> values;
        try {
            values = components.catalog().endpointProperties(uri);
        } catch (URISyntaxException | RuntimeException e) {
            // An address that cannot be taken apart is left to Camel, which has the component's own parser.
            return;
        }
        for (EndpointOptionModel option : model.getEndpointPathOptions()) {
            String value = values.get(option.getName());
            if (value != null && !option.isMultiValue()) {
                value(use.site(), use.line(), use.field(), option, value);
            }
        }
    }

    private void inMemory(Use use, String scheme, String uri) {
        if (use.isReading() || !IN_MEMORY.contains(scheme) || facts.anyConsumer) {
            return;
        }
        String name = uri.contains(":")
                ? rest(uri)
                : Optional.ofNullable(use.options().get("name"))
                        .flatMap(Option::value)
                        .orElse("");
        String address =
                scheme + ":" + placeholders.resolve(name, use.site().scope()).text();
        if (!name.isEmpty() && !facts.consumers.containsKey(address)) {
            List<String> known = facts.consumers.keySet().stream()
                    .filter(consumer -> consumer.startsWith(scheme + ":"))
                    .toList();
            wrong(
                    use,
                    "no route begins with '" + address + "'",
                    Mend.nearest(address, known, "add a route with 'from: " + address + "'"));
        }
    }

    /** A template that is referred to must exist and be given what it needs. */
    void template(Site site, int line, String field, String name, Set<String> given, String word) {
        if (name.isEmpty() || name.contains("${") || (word.equals("Kamelet") && isOwnEnd(name))) {
            return;
        }
        Placeholders.Resolved resolved = placeholders.resolve(name, site.scope());
        if (resolved.open()) {
            return;
        }
        Map<String, Boolean> parameters = facts.templates.get(resolved.text());
        if (parameters == null) {
            findings.add(
                    site.source(),
                    line,
                    field,
                    word + " '" + resolved.text() + "' is not known",
                    Mend.nearest(resolved.text(), facts.templates.keySet(), "add it to routes/templates"));
            return;
        }
        parameters.forEach((parameter, needed) -> {
            if (needed && !given.contains(parameter)) {
                findings.add(
                        site.source(),
                        line,
                        site.field("parameters." + parameter),
                        "is missing; " + word + " '" + resolved.text() + "' needs it",
                        "add it");
            }
        });
        for (String parameter : given) {
            if (!parameters.containsKey(parameter)) {
                findings.add(
                        site.source(),
                        line,
                        site.field("parameters." + parameter),
                        "is not a parameter of " + word + " '" + resolved.text() + "'",
                        Mend.nearest(parameter, parameters.keySet(), "remove it"));
            }
        }
    }

    /** Within a Kamelet, these are its own ends. */
    private static boolean isOwnEnd(String name) {
        return Arrays.asList("source", "sink").contains(name);
    }

    private static String scheme(String uri) {
        int colon = uri.indexOf(':');
        return colon < 0 ? uri : uri.substring(0, colon);
    }

    private static String rest(String uri) {
        int colon = uri.indexOf(':');
        String rest = colon < 0 ? "" : uri.substring(colon + 1);
        while (rest.startsWith("/")) {
            rest = rest.substring(1);
        }
        return rest;
    }

    private void wrong(Use use, String problem, String mend) {
        findings.add(use.site().source(), use.line(), use.field(), problem, mend);
    }
}
