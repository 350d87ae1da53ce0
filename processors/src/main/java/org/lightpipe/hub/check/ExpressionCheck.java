package org.lightpipe.hub.check;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.catalog.CamelCatalog;
import org.apache.camel.catalog.LanguageValidationResult;
import org.lightpipe.core.Findings;

/** Expressions in Camel's simple language are parsed by that language. */
final class ExpressionCheck {

    private static final Set<String> PREDICATES = Set.of(
            "FilterDefinition", "OnWhenDefinition", "ValidateDefinition", "WhenDefinition", "CompletionPredicate");

    private static final Pattern BEAN = Pattern.compile("\\$\\{bean:([A-Za-z0-9_-]+)[^}]*}");

    private final CamelCatalog catalog;
    private final ClassLoader loader;
    private final Placeholders placeholders;
    private final ReferenceCheck references;
    private final Findings findings;

    ExpressionCheck(
            CamelCatalog catalog,
            ClassLoader loader,
            Placeholders placeholders,
            ReferenceCheck references,
            Findings findings) {
        this.catalog = catalog;
        this.loader = loader;
        this.placeholders = placeholders;
        this.references = references;
        this.findings = findings;
    }

    void check(Site site) {
        switch (site.definition()) {
            case "SimpleExpression" -> {
                Optional<String> single = Nodes.scalar(site.node());
                single.or(() -> site.text("expression"))
                        .ifPresent(text -> parse(
                                site,
                                site.line("expression"),
                                single.isPresent() ? site.path() : site.field("expression"),
                                text,
                                PREDICATES.contains(site.owner())));
            }
            case "LogDefinition" -> {
                Optional<String> single = Nodes.scalar(site.node());
                single.or(() -> site.text("message"))
                        .filter(text ->
                                site.text("logLanguage").orElse("simple").equals("simple"))
                        .ifPresent(text -> parse(
                                site,
                                site.line("message"),
                                single.isPresent() ? site.path() : site.field("message"),
                                text,
                                false));
            }
            case "RouteDefinition", "RouteConfigurationDefinition" ->
                site.text("precondition")
                        .ifPresent(
                                text -> parse(site, site.line("precondition"), site.field("precondition"), text, true));
            default -> {
                // no expression of its own
            }
        }
    }

    private void parse(Site site, int line, String field, String text, boolean predicate) {
        Placeholders.Resolved resolved = placeholders.resolve(text, site.scope());
        if (resolved.open() || resolved.text().startsWith("resource:")) {
            return;
        }
        LanguageValidationResult result = predicate
                ? catalog.validateLanguagePredicate(loader, "simple", resolved.text())
                : catalog.validateLanguageExpression(loader, "simple", resolved.text());
        if (!result.isSuccess()) {
            String why = result.getShortError() != null ? result.getShortError() : result.getError();
            findings.add(
                    site.source(),
                    line,
                    field,
                    "is not simple language: " + why.strip().lines().findFirst().orElse(""),
                    result.getIndex() >= 0 ? "look at character " + (result.getIndex() + 1) : "");
            return;
        }
        Matcher bean = BEAN.matcher(resolved.text());
        while (bean.find()) {
            references.named(site, line, field, bean.group(1));
        }
    }
}
