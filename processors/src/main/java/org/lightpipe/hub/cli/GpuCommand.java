package org.lightpipe.hub.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.spi.ToolProvider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands its words to the tool {@code gpu}, which another module offers; no hub is needed for it. */
@Command(
        name = "gpu",
        description = "Reduces data by hand: run TECHNIQUE, techniques, devices; --help tells more.",
        synopsisSubcommandLabel = "COMMAND")
final class GpuCommand implements Callable<Integer> {

    static final String NAME = "gpu";

    @Parameters(arity = "0..*", paramLabel = "WORD", description = "What the tool is told.")
    private List<String> words = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ToolProvider tool = ToolProvider.findFirst(NAME)
                .orElseThrow(() -> new IllegalStateException("the gpu: component is not on the class path"));
        return tool.run(spec.commandLine().getOut(), spec.commandLine().getErr(), words.toArray(String[]::new));
    }
}
