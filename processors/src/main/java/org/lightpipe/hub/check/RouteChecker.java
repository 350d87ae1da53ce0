package org.lightpipe.hub.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ValidationMessage;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;
import org.lightpipe.core.YamlSource;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Checks all route files as a whole, without running anything: YAML, Camel's schema, endpoints and their
 * options, placeholders, beans and methods, ids and descriptions, expressions, and the files that routes
 * name. Every finding has the file and line. Thread-safe.
 */
public final class RouteChecker {

    private static final Pattern RESOURCE = Pattern.compile("(?:[a-z][a-z0-9-]*:)?resource:(file|classpath):(.+)");

    private static final Set<String> NOT_STEPS =
            Set.of("RouteConfigurationDefinition", "RouteDefinition", "RouteTemplateDefinition", "RestDefinition");

    private final Placeholders placeholders;
    private final Map<String, Class<?>> beans;
    private final ClassLoader loader;
    private final Components components;

    /**
     * @param properties value of a property by name, as the hub's routes would see it
     * @param beans class by name of every bean that the hub has; Object for one whose methods are not to be checked
     * @param loader sees the components and beans that routes use
     */
    public RouteChecker(
            Function<String, Optional<String>> properties, Map<String, Class<?>> beans, ClassLoader loader) {
        this.placeholders = new Placeholders(properties);
        this.beans = Map.copyOf(beans);
        this.loader = loader;
        this.components = new Components(
                loader,
                name -> properties
                        .apply(name)
                        .map(value -> placeholders.resolve(value, Scope.ROUTE).text()));
    }

    /** Reads and checks every route file below a directory. */
    public void check(Path routes, Findings findings) {
        check(RouteTexts.read(routes, findings), findings);
    }

    /** Checks texts that were read before; findings come sorted by file and line. */
    public void check(RouteTexts texts, Findings findings) {
        Findings found = new Findings();
        List<Site> sites = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        Facts facts = new Facts();
        texts.texts().forEach((name, text) -> file(name, text, found, sites, values, facts));
        ReferenceCheck references = new ReferenceCheck(beans, loader, placeholders, facts, found);
        sites.forEach(site -> gather(site, facts, references, found));
        EndpointCheck endpoints = new EndpointCheck(components, placeholders, references, facts, found);
        ExpressionCheck expressions =
                new ExpressionCheck(components.catalog(), loader, placeholders, references, found);
        for (Site site : sites) {
            endpoints.check(site);
            references.check(site);
            expressions.check(site);
            templatedRoute(site, endpoints);
        }
        identities(sites, found);
        values.forEach(value -> value(value, found));
        Set<Finding> sorted = new LinkedHashSet<>(found.all().stream()
                .sorted(Comparator.comparing(Finding::source).thenComparingInt(Finding::line))
                .toList());
        sorted.forEach(findings::add);
    }

    private void file(String name, String text, Findings findings, List<Site> sites, List<Value> values, Facts facts) {
        boolean kamelet = name.endsWith(".kamelet.yaml");
        if (!kamelet && !name.endsWith(".camel.yaml")) {
            findings.add(
                    name,
                    0,
                    "",
                    "is not loaded: its name does not end in .camel.yaml",
                    "rename it to " + name.replaceFirst("(\\.camel)?\\.ya?ml$", ".camel.yaml"));
        }
        Findings own = new Findings();
        Optional<Node> root = YamlSource.node(name, text, own);
        root.ifPresent(node -> {
            SchemaWalk walk = new SchemaWalk(name, own);
            if (kamelet) {
                kamelet(name, node, walk, own, facts);
            } else if (node instanceof SequenceNode sequence) {
                JsonNode json = walk.file(sequence);
                if (own.isEmpty()) {
                    verdict(name, node, json, own);
                }
            } else {
                own.add(name, Nodes.line(node), "", "is not a list of routes", "begin it with '- route:'");
            }
            sites.addAll(walk.sites());
            values.addAll(walk.values());
        });
        own.all().forEach(findings::add);
    }

    private static void kamelet(String name, Node root, SchemaWalk walk, Findings findings, Facts facts) {
        Optional<String> id = Nodes.child(root, "metadata").flatMap(metadata -> Nodes.text(metadata, "name"));
        Optional<Node> spec = Nodes.child(root, "spec");
        Optional<Node> definition = spec.flatMap(node -> Nodes.child(node, "definition"));
        Optional<Node> template = spec.flatMap(node -> Nodes.child(node, "template"));
        if (!Nodes.text(root, "kind").orElse("").equals("Kamelet") || id.isEmpty() || template.isEmpty()) {
            findings.add(
                    name,
                    Nodes.line(root),
                    "",
                    "is not a Kamelet",
                    "it needs 'kind: Kamelet', 'metadata.name' and 'spec.template'");
            return;
        }
        facts.template(id.get(), definition);
        Set<String> names = new LinkedHashSet<>(facts.templates.get(id.get()).keySet());
        Nodes.child(template.get(), "beans")
                .ifPresent(beans -> Nodes.items(beans)
                        .forEach(bean -> Nodes.text(bean, "name").ifPresent(names::add)));
        names.add("templateId");
        walk.kamelet(template.get(), new Scope(true, Set.copyOf(names)));
    }

    /** What the walk has no words for is told in the validator's, at the deepest place that it names. */
    private static void verdict(String name, Node root, JsonNode json, Findings findings) {
        Set<ValidationMessage> messages = DslSchema.get().validate(json);
        messages.stream()
                .max(Comparator.comparingInt(
                        message -> message.getInstanceLocation().getNameCount()))
                .ifPresent(message -> {
                    Node node = root;
                    String path = "";
                    for (int i = 0; i < message.getInstanceLocation().getNameCount(); i++) {
                        Object element = message.getInstanceLocation().getElement(i);
                        Optional<Node> next = element instanceof Integer index
                                ? Optional.of(Nodes.items(node))
                                        .filter(items -> index < items.size())
                                        .map(items -> items.get(index))
                                : Nodes.child(node, element.toString());
                        if (next.isEmpty()) {
                            break;
                        }
                        node = next.get();
                        path = element.toString().matches("\\d+") ? path : element.toString();
                    }
                    String words = message.getMessage();
                    findings.add(
                            name,
                            Nodes.line(node),
                            path,
                            "does not fit Camel's schema: "
                                    + words.substring(words.indexOf(':') + 1).strip(),
                            "");
                });
    }

    private void gather(Site site, Facts facts, ReferenceCheck references, Findings found) {
        switch (site.definition()) {
            case "FromDefinition", "RouteFromDefinitionDeserializer" ->
                EndpointCheck.consumer(site, placeholders, facts)
                        .ifPresent(address -> consumer(site, address, facts, found));
            case "RouteTemplateDefinition" -> facts.template(site);
            case "RouteConfigurationDefinition" -> site.text("id").ifPresent(facts.routeConfigurations::add);
            case "BeanFactoryDefinition" -> {
                if (!site.scope().template()) {
                    boolean asItIs = site.text("script").isEmpty()
                            && site.text("builderClass").isEmpty()
                            && site.text("factoryMethod").isEmpty()
                            && site.text("factoryBean").isEmpty();
                    Class<?> type = site.text("type")
                            .filter(text -> asItIs)
                            .flatMap(text -> references.load(
                                    text.replaceFirst("^#class:", "").split("[(#]", 2)[0]))
                            .orElse(Object.class);
                    site.text("name").ifPresent(name -> facts.beans.put(name, type));
                }
            }
            default -> {
                // defines nothing that others refer to
            }
        }
    }

    /** A second consumer only fails when it starts, and then takes its whole file with it. */
    private static void consumer(Site site, String address, Facts facts, Findings found) {
        Site first = facts.consumers.putIfAbsent(address, site);
        boolean shared = Nodes.child(site.node(), "parameters")
                .flatMap(parameters -> Nodes.text(parameters, "multipleConsumers"))
                .isPresent();
        if (first != null
                && first.node() != site.node()
                && !shared
                && !site.scope().template()) {
            wrong(
                    found,
                    site,
                    "uri",
                    "'" + address + "' is the beginning of another route already: " + first.source() + ":"
                            + first.line("uri"),
                    "use another name");
        }
    }

    private static void templatedRoute(Site site, EndpointCheck endpoints) {
        if (!site.is("TemplatedRouteDefinition")) {
            return;
        }
        Set<String> given = new LinkedHashSet<>();
        Nodes.child(site.node(), "parameters")
                .ifPresent(list -> Nodes.items(list)
                        .forEach(item -> Nodes.text(item, "name").ifPresent(given::add)));
        site.text("routeTemplateRef")
                .ifPresent(name -> endpoints.template(
                        site,
                        site.line("routeTemplateRef"),
                        site.field("routeTemplateRef"),
                        name,
                        given,
                        "route template"));
    }

    private static void identities(List<Site> sites, Findings findings) {
        Map<String, Site> routes = new HashMap<>();
        Map<String, Site> steps = new HashMap<>();
        Map<String, Site> others = new HashMap<>();
        for (Site site : sites) {
            if (site.is("RouteFromDefinitionDeserializer")) {
                wrong(findings, site, "", "has neither id nor description", "write it as '- route:' with both");
            } else if (site.is("RouteDefinition") && !site.scope().template()) {
                for (String field : List.of("id", "description")) {
                    if (site.text(field).filter(text -> !text.isBlank()).isEmpty()) {
                        wrong(findings, site, field, "is missing", "add '" + field + ": …'");
                    }
                }
                unique(routes, site, "id", "route", findings);
            } else if (site.is("TemplatedRouteDefinition")) {
                if (site.text("routeId").isEmpty()) {
                    wrong(findings, site, "routeId", "is missing", "add 'routeId: …'");
                }
                unique(routes, site, "routeId", "route", findings);
            } else if (site.is("RouteTemplateDefinition", "RouteConfigurationDefinition")) {
                unique(others, site, "id", site.path(), findings);
            } else if (site.definition().endsWith("Definition")
                    && !NOT_STEPS.contains(site.definition())
                    && !site.scope().template()
                    && Nodes.scalar(site.node()).isEmpty()) {
                unique(steps, site, "id", "step", findings);
            }
        }
    }

    private static void unique(Map<String, Site> seen, Site site, String field, String word, Findings findings) {
        site.text(field).filter(id -> !id.contains("{{")).ifPresent(id -> {
            Site first = seen.putIfAbsent(word + " " + id, site);
            if (first != null && first.node() != site.node()) {
                wrong(
                        findings,
                        site,
                        field,
                        word + " '" + id + "' is there already: " + first.source() + ":" + first.line(field),
                        "rename one");
            }
        });
    }

    private void value(Value value, Findings findings) {
        Placeholders.Resolved resolved = placeholders.resolve(value.text(), value.scope());
        for (String unknown : resolved.unknown()) {
            findings.add(
                    value.source(),
                    value.line(),
                    value.path(),
                    "property '" + unknown + "' is not defined",
                    "add it to config/application.properties, or give a default: {{name:default}}");
        }
        Matcher resource = RESOURCE.matcher(resolved.text());
        if (resolved.open() || resolved.text().contains("${") || !resource.matches()) {
            return;
        }
        String where = resource.group(2);
        if (resource.group(1).equals("classpath")) {
            if (loader.getResource(where.replaceFirst("^/+", "")) == null) {
                findings.add(
                        value.source(), value.line(), value.path(), "'" + where + "' is not on the class path", "");
            }
            return;
        }
        try {
            if (!Files.isReadable(Path.of(where))) {
                findings.add(value.source(), value.line(), value.path(), "file '" + where + "' is not there", "add it");
            }
        } catch (InvalidPathException e) {
            findings.add(value.source(), value.line(), value.path(), "'" + where + "' is not a file name", "");
        }
    }

    private static void wrong(Findings findings, Site site, String field, String problem, String mend) {
        findings.add(site.source(), site.line(field), site.field(field), problem, mend);
    }
}
