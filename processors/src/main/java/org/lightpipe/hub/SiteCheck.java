package org.lightpipe.hub;

import java.util.List;
import org.lightpipe.config.ConfigurationReader;
import org.lightpipe.core.Finding;
import org.lightpipe.core.Findings;
import org.lightpipe.hub.check.RouteChecker;

/** Checks everything that an engineer writes, without starting anything. */
public final class SiteCheck {

    private final HubOptions options;

    public SiteCheck(HubOptions options) {
        this.options = options;
    }

    /**
     * Everything that is wrong, in the order of files and lines.
     *
     * @throws java.io.UncheckedIOException when the home is not one of Lightpipe
     */
    public List<Finding> findings() {
        Properties properties = Properties.read(options);
        Findings findings = new Findings();
        new ConfigurationReader(options.config(), properties::resolve).read(findings);
        RouteChecker checker = Hub.routeChecker(properties);
        checker.check(options.routes(), findings);
        return findings.all();
    }
}
