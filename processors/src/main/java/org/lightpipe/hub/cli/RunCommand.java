package org.lightpipe.hub.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.lightpipe.hub.ClassArchive;
import org.lightpipe.hub.Hub;
import org.lightpipe.hub.HubOptions;
import org.lightpipe.hub.RemoteJmx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the hub until it is told to stop (SIGTERM or Ctrl-C).")
final class RunCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private Where where;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Lays config/application-NAME.properties over application.properties.")
    private Optional<String> profile = Optional.empty();

    @Option(names = "--jmx-port", paramLabel = "PORT", description = "Lets a JMX console connect on this port.")
    private Optional<Integer> jmxPort = Optional.empty();

    @Option(
            names = "--jmx-host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "Address that JMX listens on (default: ${DEFAULT-VALUE}). Others than loopback need a password file.")
    private String jmxHost;

    @Option(
            names = "--jmx-password-file",
            paramLabel = "FILE",
            description = "Lines of 'name password role', readable for its owner alone.")
    private Optional<Path> jmxPasswordFile = Optional.empty();

    @Option(
            names = "--jmx-tls",
            description = "JMX over TLS, with the key store of the javax.net.ssl system properties.")
    private boolean jmxTls;

    @Option(names = "-D", paramLabel = "NAME=VALUE", description = "Sets a property over all others.")
    private Map<String, String> properties = Map.of();

    @Override
    public Integer call() throws Exception {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    stop.countDown();
                    try {
                        stopped.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "lightpipe-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        HubOptions options = new HubOptions(
                where.home(),
                where.state(),
                profile,
                properties,
                jmxPort.map(port -> new RemoteJmx.Settings(jmxHost, port, jmxPasswordFile, jmxTls)));
        try {
            try (Hub hub = Hub.start(options)) {
                stop.await();
                LOG.info("{} stops", hub.url());
            }
            ClassArchive.writeIfWanted();
        } finally {
            stopped.countDown();
        }
        return 0;
    }
}
