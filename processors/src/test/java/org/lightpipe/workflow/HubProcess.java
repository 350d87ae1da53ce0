package org.lightpipe.workflow;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.impl.DefaultCamelContext;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.config.Workflow;

/** A hub in a process of its own, which claims one job and is then killed by a test. */
final class HubProcess {

    private HubProcess() {}

    /** Starts it on a job. */
    static Process start(TestCatalog catalog, Path storage, long job) throws java.io.IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(HubProcess.class.getName());
        command.addAll(catalog.address());
        command.add(storage.toString());
        command.add(Long.toString(job));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** @param arguments address of the catalog (three), storage, id of the job */
    public static void main(String[] arguments) throws InterruptedException {
        TestCatalog catalog = TestCatalog.at(List.of(arguments).subList(0, 3));
        DefaultCamelContext camel = new DefaultCamelContext();
        camel.start();
        TestHub hub = new TestHub(catalog, camel, Path.of(arguments[3]), workflow());
        hub.start(Long.parseLong(arguments[4]));
        new CountDownLatch(1).await(); // until it is killed
    }

    /** The second stage hangs, with a child in the background, until there is a file {@code go}. */
    static Workflow workflow() {
        return TestSite.workflow(
                "w",
                Map.of(),
                TestSite.command("01-A", "echo x >> count", "count"),
                TestSite.command(
                        "02-B",
                        "test -e go || { sleep 300 & echo $! > child; echo $$ > shell; sleep 300; }; echo y > out",
                        "out"));
    }
}
