package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.lightpipe.hub.client.HubClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "retry",
        mixinStandardHelpOptions = true,
        description = "Sets one, some or all of what a step holds to work again.",
        footer = "./lightpipe held tells what is held, and why.")
final class RetryCommand implements Callable<Integer> {

    @Mixin
    private Where where;

    @Parameters(paramLabel = "STEP", description = "Name of the step, as ./lightpipe status shows it.")
    private String step;

    @Option(names = "--id", paramLabel = "N", description = "Only this item; may be repeated.")
    private List<Long> ids = List.of();

    @Option(
            names = "--reason",
            paramLabel = "GLOB",
            description = "Only what is held for a reason that matches, such as '*permission denied'.")
    private String reason;

    @Option(names = "--all", description = "Everything that the step holds.")
    private boolean all;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        boolean some = !ids.isEmpty() || reason != null;
        if (some == all) {
            throw new ParameterException(spec.commandLine(), "say which: --id N, --reason GLOB, or --all of them");
        }
        ObjectNode request = new ObjectMapper().createObjectNode();
        if (!ids.isEmpty()) {
            var array = request.putArray("ids");
            ids.forEach(array::add);
        }
        MonitorWords.put(request, "reason", reason);
        long count = HubClient.of(where.state())
                .post("/api/v1/steps/" + HubClient.encoded(step) + "/retry", request.toString())
                .path("retried")
                .asLong();
        spec.commandLine().getOut().println(count + " items wait again");
        if (count < ids.size() && reason == null) {
            spec.commandLine().getErr().println((ids.size() - count) + " of them are not held by the step " + step);
            return 1;
        }
        return 0;
    }
}
