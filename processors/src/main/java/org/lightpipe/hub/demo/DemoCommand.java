package org.lightpipe.hub.demo;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./lightpipe demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Takes one scan through all nine steps and proves each.",
            "A simulated detector writes a scan; a hub of its own, started for it, does the rest."
        })
public final class DemoCommand implements Callable<Integer> {

    private static final int STEPS = Demo.STEPS.size();

    @Option(names = "--data", paramLabel = "FILE", description = "Replays your own file instead of a simulated scan.")
    private Optional<Path> data = Optional.empty();

    @Option(
            names = "--rate",
            paramLabel = "MB/s",
            defaultValue = "20",
            description = "How fast the detector writes (default: ${DEFAULT-VALUE}).")
    private double rate;

    @Option(names = "--keep", description = "Leaves the hub running.")
    private boolean keep;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the table for machines.")
    private Optional<Path> json = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "State directory of the demo's hub (default: state/demo in the home).")
    private Optional<Path> state = Optional.empty();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (data.isPresent() && !Files.isRegularFile(data.get())) {
            throw new ParameterException(spec.commandLine(), "--data: " + data.get() + " is not a file");
        }
        if (!(rate > 0)) {
            throw new ParameterException(spec.commandLine(), "--rate: must be more than 0 MB/s");
        }
        Path home = Path.of(System.getProperty("lightpipe.home", "."))
                .toAbsolutePath()
                .normalize();
        Path directory = state.orElse(home.resolve("state").resolve("demo"))
                .toAbsolutePath()
                .normalize();
        PrintWriter out = spec.commandLine().getOut();
        HubProcess hub;
        List<Proof> proofs;
        try (Progress progress = new Progress(spec.commandLine().getErr())) {
            progress.says("starting a hub");
            hub = HubProcess.start(home, directory);
            try {
                progress.says(Demo.STEPS.get(0));
                proofs = new Demo(hub.client(), directory, data.map(Path::toAbsolutePath), rate, progress::told).run();
            } catch (Exception e) {
                hub.close();
                throw new IllegalStateException(
                        e.getMessage() + System.lineSeparator() + "the hub's log is " + hub.log(), e);
            }
        }
        Table table = new Table(proofs);
        table.print(out);
        if (json.isPresent()) {
            table.write(json.get(), hub.client().url());
        }
        boolean holds = proofs.size() == STEPS && proofs.stream().allMatch(Proof::holds);
        out.printf("%n%s%n", holds ? "All nine proofs hold." : "A proof does not hold; the hub's log is " + hub.log());
        if (keep) {
            out.printf(
                    "Portal:   %s   (log in with the token in %s/operator.token)%n",
                    hub.client().url(), directory);
            out.printf("The hub runs on, process %d; stop it with ./lightpipe stop --state %s%n", hub.pid(), directory);
        } else {
            out.printf(
                    "Portal:   %s   (stopped now; --keep leaves it running)%n",
                    hub.client().url());
            hub.close();
        }
        out.flush();
        return holds ? 0 : 1;
    }

    /** A bar where somebody looks, a line a step where nobody does. */
    private static final class Progress implements AutoCloseable {

        private final PrintWriter lines;
        private final Optional<ProgressBar> bar;

        Progress(PrintWriter lines) {
            this.lines = lines;
            this.bar = System.console() == null
                    ? Optional.empty()
                    : Optional.of(new ProgressBarBuilder()
                            .setTaskName("demo")
                            .setInitialMax(STEPS)
                            .setStyle(ProgressBarStyle.ASCII)
                            .setUpdateIntervalMillis(200)
                            .hideEta()
                            .build());
        }

        void says(String what) {
            bar.ifPresentOrElse(shown -> shown.setExtraMessage(what), () -> {
                lines.println(what + " …");
                lines.flush();
            });
        }

        void told(Proof proof) {
            bar.ifPresent(ProgressBar::step);
            if (proof.number() < STEPS) {
                says(Demo.STEPS.get(proof.number()));
            }
        }

        @Override
        public void close() {
            bar.ifPresent(ProgressBar::close);
        }
    }
}
