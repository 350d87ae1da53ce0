package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        description = "Pauses a step, lets it go on, or retries what it holds.")
final class StepCommand implements Callable<Integer> {

    enum Action {
        PAUSE,
        RESUME,
        RETRY
    }

    @Mixin
    private Where where;

    @Parameters(index = "0", paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}, in any case.")
    private Action action;

    @Parameters(index = "1", paramLabel = "STEP", description = "Name of the step, as ./lightpipe status shows it.")
    private String step;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String verb = action.name().toLowerCase(Locale.ROOT);
        JsonNode answer =
                HubClient.of(where.state()).post("/api/v1/steps/" + HubClient.encoded(step) + "/" + verb, "{}");
        if (action == Action.RETRY) {
            spec.commandLine().getOut().println(answer.path("retried").asLong() + " items wait again");
        }
        return 0;
    }
}
