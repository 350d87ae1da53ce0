package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = "Makes a token with which a user logs in to the portal and the API. It is shown once.")
final class TokenCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Parameters(paramLabel = "USER", description = "Name of the user, as in the forms of experiments.")
    private String user;

    @Option(names = "--operator", description = "The token opens everything.")
    private boolean operator;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "90d",
            description = "How long it is good (default: 90d).")
    private String time;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String request = new ObjectMapper().writeValueAsString(Map.of("user", user, "operator", operator, "for", time));
        spec.commandLine()
                .getOut()
                .println(HubClient.of(where.state())
                        .post("/api/v1/tokens", request)
                        .path("token")
                        .asText());
        return 0;
    }
}
