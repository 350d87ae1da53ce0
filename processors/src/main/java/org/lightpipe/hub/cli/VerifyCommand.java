package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Reads everything back from storage and compares it with the catalog.",
        footer = {
            "The status is 1 when anything is wrong. The hub does it: it goes on when this command is ended,",
            "and after a restart where it was. ./lightpipe files verify does it for one experiment."
        })
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Mixin
    private VerifyWords words;

    @ArgGroup
    private Instead instead;

    static final class Instead {
        @Option(names = "--list", description = "Lists verifications, newest first.")
        private boolean list;

        @Option(
                names = "--show",
                paramLabel = "ID",
                description = "Shows one until it has ended, and what it has found.")
        private Long show;

        @Option(names = "--cancel", paramLabel = "ID", description = "Ends one; what it has found stays.")
        private Long cancel;
    }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        HubClient hub = HubClient.of(where.state());
        if (instead == null) {
            return words.run(hub, new FileScopeWord("", ""), spec.commandLine());
        }
        if (instead.show != null) {
            return words.follow(hub, instead.show, spec.commandLine());
        }
        if (instead.cancel != null) {
            hub.delete("/api/v1/verifications/" + instead.cancel);
            return 0;
        }
        list(hub.get("/api/v1/verifications"));
        return 0;
    }

    private void list(JsonNode verifications) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%6s %-10s %-19s %12s %12s %9s  %s%n",
                "id", "state", "requested", "compared", "of", "problems", "what");
        for (JsonNode verification : verifications) {
            out.printf(
                    "%6d %-10s %-19s %12d %12d %9d  %s%n",
                    verification.path("id").asLong(),
                    verification.path("state").asText(),
                    Shown.time(verification.path("requestedAt")),
                    verification.path("checkedFiles").asLong(),
                    verification.path("totalFiles").asLong(),
                    verification.path("problems").asLong(),
                    verification.path("experiment").isTextual()
                            ? Shown.name(verification.path("experiment").asText() + "/"
                                    + verification.path("path").asText())
                            : "everything");
        }
        out.flush();
    }
}
