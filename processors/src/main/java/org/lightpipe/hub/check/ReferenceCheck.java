package org.lightpipe.hub.check;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.lightpipe.core.Findings;
import org.snakeyaml.engine.v2.nodes.Node;

/** References: every bean, method, class and route configuration that a route names exists. */
final class ReferenceCheck {

    /** Fields whose value is the name of a bean, wherever they stand. */
    private static final Set<String> BEAN_FIELDS = Set.of(
            "aggregateController",
            "aggregationRepository",
            "aggregationStrategy",
            "comparator",
            "errorHandlerRef",
            "executorService",
            "executorServiceRef",
            "idempotentRepository",
            "onExceptionOccurredRef",
            "onPrepare",
            "onPrepareFailureRef",
            "onRedeliveryRef",
            "redeliveryPolicyRef",
            "retryWhileRef",
            "routePolicy",
            "sagaService",
            "timeoutCheckerExecutorService");

    private static final Set<String> WITH_REF = Set.of(
            "CustomDataFormat",
            "CustomLoadBalancerDefinition",
            "PolicyDefinition",
            "ProcessDefinition",
            "RefErrorHandlerDefinition",
            "TransactedDefinition");

    private final Map<String, Class<?>> beans;
    private final ClassLoader loader;
    private final Placeholders placeholders;
    private final Facts facts;
    private final Findings findings;

    ReferenceCheck(
            Map<String, Class<?>> beans,
            ClassLoader loader,
            Placeholders placeholders,
            Facts facts,
            Findings findings) {
        this.beans = beans;
        this.loader = loader;
        this.placeholders = placeholders;
        this.facts = facts;
        this.findings = findings;
    }

    void check(Site site) {
        switch (site.definition()) {
            case "BeanDefinition", "MethodCallExpression" -> call(site);
            case "BeanFactoryDefinition" -> made(site);
            case "OnExceptionDefinition", "CatchDefinition" -> exceptions(site);
            case "RouteDefinition" -> configurations(site);
            default -> {
                if (WITH_REF.contains(site.definition())) {
                    site.text("ref").ifPresent(ref -> named(site, site.line("ref"), site.field("ref"), ref));
                }
            }
        }
        if (!site.is("BeanFactoryDefinition")) {
            for (String field : Nodes.fields(site.node()).keySet()) {
                if (BEAN_FIELDS.contains(field)) {
                    site.text(field).ifPresent(ref -> named(site, site.line(field), site.field(field), ref));
                }
            }
        }
    }

    private void call(Site site) {
        Optional<String> type = site.text("beanType");
        if (type.isPresent()) {
            type(site, site.line("beanType"), site.field("beanType"), type.get())
                    .ifPresent(found -> method(site, site.line("method"), found, type.get(), site.text("method")));
            return;
        }
        Optional<String> single = Nodes.scalar(site.node());
        if (single.isPresent()) {
            if (site.is("BeanDefinition")) {
                bean(site, site.line(), site.path(), single.get(), Optional.empty());
            }
            return;
        }
        site.text("ref").ifPresent(ref -> bean(site, site.line("ref"), site.field("ref"), ref, site.text("method")));
    }

    /** A bean that is called must exist and have the method. */
    void bean(Site site, int line, String field, String name, Optional<String> method) {
        named(site, line, field, name)
                .ifPresent(found -> method(
                        site, site.line("method") == site.line() ? line : site.line("method"), found, name, method));
    }

    /**
     * Checks one name of a bean, or {@code #class:} and its like.
     *
     * @return the bean's class, when it is known and anything can be said about its methods
     */
    Optional<Class<?>> named(Site site, int line, String field, String written) {
        Placeholders.Resolved resolved = placeholders.resolve(written, site.scope());
        if (resolved.open() || resolved.text().contains("${")) {
            return Optional.empty();
        }
        Optional<Class<?>> last = Optional.empty();
        for (String part : resolved.text().split(",")) {
            String name = part.trim();
            if (name.startsWith("#class:") || name.startsWith("class:")) {
                last = type(site, line, field, name.substring(name.indexOf(':') + 1));
            } else if (name.startsWith("#type:")) {
                type(site, line, field, name.substring("#type:".length()));
            } else if (name.matches("#(autowired|property:.*|valueAs\\(.*)")) {
                last = Optional.empty();
            } else {
                last = known(site, line, field, name.replaceFirst("^#(bean:)?", ""));
            }
        }
        return last;
    }

    private Optional<Class<?>> known(Site site, int line, String field, String name) {
        if (name.isEmpty() || site.scope().names().contains(name)) {
            return Optional.empty();
        }
        Class<?> found = facts.beans.getOrDefault(name, beans.get(name));
        if (found == null) {
            Set<String> names = new TreeSet<>(beans.keySet());
            names.addAll(facts.beans.keySet());
            findings.add(
                    site.source(),
                    line,
                    field,
                    "bean '" + name + "' is not known",
                    Mend.nearest(name, names, "known: " + String.join(", ", names)));
        }
        return Optional.ofNullable(found);
    }

    private void method(Site site, int line, Class<?> type, String bean, Optional<String> written) {
        if (written.isEmpty() || type == Object.class) {
            return;
        }
        Placeholders.Resolved resolved = placeholders.resolve(written.get(), site.scope());
        String name = resolved.text().split("[(.]", 2)[0].trim();
        if (resolved.open() || name.contains("${") || name.isEmpty()) {
            return;
        }
        Set<String> methods = new LinkedHashSet<>();
        Arrays.stream(type.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .map(Method::getName)
                .sorted()
                .forEach(methods::add);
        if (!methods.contains(name)) {
            findings.add(
                    site.source(),
                    line,
                    site.field("method"),
                    "bean '" + bean + "' has no public method '" + name + "'",
                    Mend.nearest(name, methods, "it has: " + String.join(", ", methods)));
        }
    }

    private Optional<Class<?>> type(Site site, int line, String field, String written) {
        Placeholders.Resolved resolved = placeholders.resolve(written, site.scope());
        String name = resolved.text().split("[(#]", 2)[0].trim();
        if (resolved.open()) {
            return Optional.empty();
        }
        Optional<Class<?>> found = load(name);
        if (found.isEmpty()) {
            findings.add(
                    site.source(), line, field, "class '" + name + "' is not on the class path", "check its spelling");
        }
        return found;
    }

    /** A class by name, without running its code. */
    Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }

    /** A bean that a route file makes. */
    private void made(Site site) {
        Optional<String> type = site.text("type");
        if (type.isPresent() && site.text("script").isEmpty()) {
            type(site, site.line("type"), site.field("type"), type.get().replaceFirst("^#class:", ""));
        }
        for (String group : new String[] {"properties", "constructors"}) {
            Optional<Node> values = Nodes.child(site.node(), group);
            values.ifPresent(node -> Nodes.fields(node)
                    .forEach((key, tuple) -> Nodes.scalar(tuple.getValueNode())
                            .filter(value -> value.startsWith("#"))
                            .ifPresent(value -> named(
                                    site, Nodes.line(tuple.getKeyNode()), site.field(group + "." + key), value))));
        }
    }

    private void exceptions(Site site) {
        Nodes.child(site.node(), "exception")
                .ifPresent(list -> Nodes.items(list)
                        .forEach(item -> Nodes.scalar(item)
                                .ifPresent(name -> type(site, Nodes.line(item), site.field("exception"), name))));
    }

    private void configurations(Site site) {
        site.text("routeConfigurationId").ifPresent(written -> {
            Placeholders.Resolved resolved = placeholders.resolve(written, site.scope());
            if (resolved.open()) {
                return;
            }
            for (String part : resolved.text().split(",")) {
                String id = part.trim();
                if (!id.contains("*") && !facts.routeConfigurations.contains(id)) {
                    findings.add(
                            site.source(),
                            site.line("routeConfigurationId"),
                            site.field("routeConfigurationId"),
                            "route configuration '" + id + "' is not known",
                            Mend.nearest(
                                    id, facts.routeConfigurations, "add '- routeConfiguration: {id: " + id + "}'"));
                }
            }
        });
    }
}
