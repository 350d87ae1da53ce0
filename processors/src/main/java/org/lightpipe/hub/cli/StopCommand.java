package org.lightpipe.hub.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.lightpipe.hub.LocalHub;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "stop", mixinStandardHelpOptions = true, description = "Stops the hub and waits until it is gone.")
final class StopCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Mixin
    private Where where;

    @Override
    public Integer call() throws Exception {
        ProcessHandle hub = LocalHub.process(where.state())
                .orElseThrow(() -> new IllegalStateException("no hub runs on " + where.state()));
        hub.destroy();
        try {
            hub.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "the hub, process " + hub.pid() + ", has not stopped in " + PATIENCE.toSeconds() + " s", e);
        }
        return 0;
    }
}
