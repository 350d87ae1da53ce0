package org.lightpipe.hub.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.lightpipe.core.Finding;
import org.lightpipe.hub.HubOptions;
import org.lightpipe.hub.SiteCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Checks every route and configuration file, without starting anything.")
final class CheckCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Option(names = "--profile", paramLabel = "NAME", description = "Checks with this profile's properties.")
    private Optional<String> profile = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        HubOptions options = new HubOptions(where.home(), where.state(), profile, Map.of(), Optional.empty());
        List<Finding> findings = new SiteCheck(options).findings();
        PrintWriter out = spec.commandLine().getOut();
        String home = where.home() + "/";
        findings.forEach(finding -> out.println(finding.toString().replace(home, "")));
        out.println(findings.isEmpty() ? "nothing wrong found" : findings.size() + " findings");
        out.flush();
        return findings.isEmpty() ? 0 : 1;
    }
}
