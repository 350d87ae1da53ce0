package org.lightpipe.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.lightpipe.workflow.TestSite.command;
import static org.lightpipe.workflow.TestSite.endpoint;
import static org.lightpipe.workflow.TestSite.within;
import static org.lightpipe.workflow.TestSite.workflow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.config.Workflow;

class EndpointJobTest {

    private final TestCatalog catalog = TestCatalog.empty();
    private final CamelContext camel = new DefaultCamelContext();
    private final ReduceComponent reduce = new ReduceComponent();

    @TempDir
    private Path storage;

    private long dataset;
    private TestHub hub;

    /** A component as {@code gpu:} is one: reads a path, writes a result and a preview, and tells of them. */
    public static final class ReduceComponent extends DefaultComponent {

        private final ConcurrentLinkedQueue<String> options = new ConcurrentLinkedQueue<>();
        private final CountDownLatch interrupted = new CountDownLatch(1);

        int calls() {
            return options.size();
        }

        /** The option's value in the last call. */
        String last() {
            return List.copyOf(options).get(options.size() - 1);
        }

        @Override
        protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
                throws Exception {
            ReduceEndpoint endpoint = new ReduceEndpoint(uri, this, remaining);
            setProperties(endpoint, parameters);
            return endpoint;
        }
    }

    /** Its endpoint, with one option. */
    public static final class ReduceEndpoint extends DefaultEndpoint {

        private final String technique;
        private String filter = "default";

        ReduceEndpoint(String uri, ReduceComponent component, String technique) {
            super(uri, component);
            this.technique = technique;
        }

        public String getFilter() {
            return filter;
        }

        public void setFilter(String filter) {
            this.filter = filter;
        }

        @Override
        public Producer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) throws Exception {
                    reduce(exchange);
                }
            };
        }

        private void reduce(Exchange exchange) throws Exception {
            ReduceComponent component = (ReduceComponent) getComponent();
            component.options.add(filter);
            switch (technique) {
                case "fail" -> throw new java.io.IOException("the device is gone");
                case "refuse" -> throw new IllegalArgumentException("not a tomography file");
                case "hang" -> {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        component.interrupted.countDown();
                        throw e;
                    }
                }
                default -> {
                    Path output = Path.of(exchange.getMessage().getHeader("CamelGpuOutput", String.class));
                    Path result = technique.equals("outside")
                            ? output.resolveSibling("elsewhere.h5")
                            : output.resolve("slice.h5");
                    Files.writeString(
                            result,
                            "of " + exchange.getMessage().getBody(String.class)
                                    + exchange.getMessage().getHeader("CamelGpuDigest", String.class));
                    Files.writeString(output.resolve("slice.png"), "png");
                    exchange.getMessage().setHeader("CamelGpuResult", result.toString());
                    exchange.getMessage().setHeader("CamelGpuPreview", output.resolve("slice.png"));
                    exchange.getMessage().setHeader("CamelGpuMetrics", Map.of("center", 12.5, "nan", Double.NaN));
                    exchange.getMessage().setHeader("CamelGpuBackend", "java");
                    exchange.getMessage().setHeader("CamelGpuSeconds", 0.25);
                    exchange.getMessage().setBody(result.toString());
                }
            }
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isSingleton() {
            return true;
        }
    }

    @BeforeEach
    void makeDataset() {
        camel.addComponent("reduce", reduce);
        camel.start();
        dataset = catalog.dataset("scan_1", 1);
    }

    @AfterEach
    void stop() {
        if (hub != null) {
            hub.close();
        }
        camel.stop();
    }

    @Test
    void anEndpointIsGivenAPathAndItsFilesBecomeResults() {
        long job = run(
                workflow("w", Map.of(), endpoint("01-R", "reduce:fine", Map.of("filter", "$filter"))),
                Map.of("filter", "shepp", "filePath", "/data/a.h5", "fileSha256", " of d1"));

        assertThat(catalog.state("job", job)).isEqualTo("DONE");
        assertThat(storage.resolve("2026/e1/analysis/scan_1/slice.h5")).hasContent("of /data/a.h5 of d1");
        assertThat(catalog.rows("select path, kind from result order by path"))
                .containsExactly(
                        Map.of("path", "scan_1/slice.h5", "kind", "data"),
                        Map.of("path", "scan_1/slice.png", "kind", "preview"));
        Map<String, Object> stage = catalog.rows("select * from stage_run").get(0);
        assertThat(stage)
                .containsEntry("state", "DONE")
                .containsEntry("exit_status", null)
                .containsEntry("resource", "local");
        assertThat(stage.get("metrics").toString())
                .contains("\"center\": 12.5", "\"backend\": \"java\"", "\"seconds\": 0.25");
        assertThat(reduce.options).containsExactly("shepp");
    }

    @Test
    void anEmptyValueLeavesTheOptionAtItsDefault() {
        run(
                workflow("w", Map.of(), endpoint("01-R", "reduce:fine", Map.of("filter", "$filter"))),
                Map.of("filter", ""));

        assertThat(reduce.options).containsExactly("default");
    }

    @Test
    void anyValueArrivesAsItIs() {
        List<String> values = List.of(
                "a&filter=b",
                "a b+c%20d%",
                "ü/?=#x",
                "a;b:c@d\\e",
                "/entry/data",
                "f(x)&filter=y",
                "{a}",
                "%2523",
                "a)&filter=(b");
        hub = new TestHub(
                catalog,
                camel,
                storage,
                workflow("w", Map.of(), endpoint("01-R", "reduce:fine", Map.of("filter", "$filter"))));
        for (String value : values) {
            hub.run(dataset, "w", Map.of("filter", value));
        }

        assertThat(reduce.options).containsExactlyElementsOf(values);
    }

    @Test
    void aValueCannotNameWhatBelongsToTheHub() {
        camel.getRegistry().bind("secret", "s3cret");
        hub = new TestHub(
                catalog,
                camel,
                storage,
                workflow("w", Map.of(), endpoint("01-R", "reduce:fine", Map.of("filter", "$filter"))));
        for (String value : List.of(
                "#bean:secret", " #secret", "#class:java.util.Date", "{{env:HOME}}", "RAW(x)&filter=y", "a\nb")) {
            long job = hub.run(dataset, "w", Map.of("filter", value));

            assertThat(catalog.state("job", job)).as(value).isEqualTo("FAILED");
        }
        assertThat(reduce.options).isEmpty();
    }

    @Test
    void aFailureIsTriedAgainAndARefusalIsHeld() {
        assertThat(outcome(endpoint("01-R", "reduce:fail", Map.of())))
                .isEqualTo("PENDING: stage 01-R: the device is gone");
        assertThat(outcome(endpoint("01-R", "reduce:refuse", Map.of())))
                .isEqualTo("FAILED: stage 01-R: not a tomography file");
        assertThat(outcome(endpoint("01-R", "reduce:fine", Map.of("fliter", "x"))))
                .startsWith("FAILED: ")
                .contains("fliter");
        assertThat(outcome(endpoint("01-R", "redduce:fine", Map.of()))).startsWith("FAILED: ");
        assertThat(outcome(endpoint("01-R", "reduce:outside", Map.of())))
                .startsWith("PENDING: ")
                .contains("leads out of the output directory");
        assertThat(catalog.rows("select * from result")).isEmpty();
    }

    @Test
    void anEndpointIsInterruptedWhenItsTimeIsOver() throws InterruptedException {
        assertThat(outcome(within(endpoint("01-R", "reduce:hang", Map.of()), 1)))
                .isEqualTo("PENDING: stage 01-R was ended after its time of 1 s");
        assertThat(reduce.interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aCommandCanGoOnWithWhatAnEndpointMade() {
        long job = run(
                workflow(
                        "w",
                        Map.of(),
                        endpoint("01-R", "reduce:fine", Map.of()),
                        command("02-C", "cp \"$outputDirectory/slice.h5\" copy.h5", "copy.h5")),
                Map.of());

        assertThat(catalog.state("job", job)).isEqualTo("DONE");
        assertThat(catalog.rows("select * from result")).hasSize(3);
    }

    private String outcome(Workflow.Stage stage) {
        if (hub != null) {
            hub.close();
        }
        long job = run(workflow("w", Map.of(), stage), Map.of());
        return catalog.state("job", job) + ": "
                + catalog.rows("select reason from job where id = ?", job)
                        .get(0)
                        .get("reason");
    }

    private long run(Workflow workflow, Map<String, String> arguments) {
        hub = new TestHub(catalog, camel, storage, workflow);
        return hub.run(dataset, workflow.name(), arguments);
    }
}
