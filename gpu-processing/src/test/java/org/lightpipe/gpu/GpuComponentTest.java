package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.catalog.DefaultCamelCatalog;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The component as a route sees it. */
class GpuComponentTest {

    private static final String STEPS = """
            - route:
                id: tomography
                from:
                  uri: direct:tomography
                  steps:
                    - to:
                        uri: gpu:tomography
                        parameters:
                          filter: hann
                          center: "{{center:}}"
                          slice: 0
            - route:
                id: statistics
                from:
                  uri: direct:statistics
                  steps:
                    - to:
                        uri: gpu:statistics
                        parameters:
                          backend: java
                          dataset: /exchange/data
                          output: "%s"
            """;

    @TempDir
    Path directory;

    private final DefaultCamelContext context = new DefaultCamelContext();
    private ProducerTemplate producer;
    private Path scan;
    private Path results;

    @BeforeEach
    void start() throws Exception {
        results = directory.resolve("results").resolve("deeper");
        double[] degrees = new double[91];
        double[] angles = new double[91];
        for (int i = 0; i < 91; i++) {
            degrees[i] = 2.0 * i;
            angles[i] = Math.toRadians(degrees[i]);
        }
        Sinogram sinogram = TestScans.twoDisks(angles, 64, 30);
        float[][][] data = new float[91][1][64];
        for (int i = 0; i < 91; i++) {
            for (int x = 0; x < 64; x++) {
                data[i][0][x] = (float) (10 + 990 * Math.exp(-0.05 * sinogram.rows()[i][x]));
            }
        }
        scan = TestScans.dataExchange(
                directory.resolve("scän 1.h5"),
                data,
                TestScans.filled(2, 1, 64, 1000),
                TestScans.filled(2, 1, 64, 10),
                degrees);
        load(STEPS.formatted(results));
        context.start();
        producer = context.createProducerTemplate();
    }

    @AfterEach
    void stop() throws IOException {
        context.close();
    }

    private void load(String yaml) throws Exception {
        PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("steps.yaml", yaml));
    }

    private Exchange send(String route, Object body, Map<String, Object> headers) {
        Exchange exchange = producer.request("direct:" + route, request -> {
            request.getMessage().setBody(body);
            request.getMessage().setHeaders(new java.util.HashMap<>(headers));
        });
        return exchange;
    }

    private Exchange tomography(Object body) {
        Exchange exchange = send("tomography", body, Map.of(GpuConstants.OUTPUT, results.toString()));
        assertThat(exchange.getException()).isNull();
        return exchange;
    }

    @Test
    void aPathGoesInAndThePathOfTheResultComesOut() throws Exception {
        Exchange exchange = tomography(scan.toString());
        Path result = results.toRealPath().resolve("scän 1_tomography.h5");
        assertThat(exchange.getMessage().getBody()).isEqualTo(result.toString());
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        assertThat(headers)
                .containsEntry(GpuConstants.RESULT, result.toString())
                .containsEntry(
                        GpuConstants.PREVIEW,
                        result.resolveSibling("scän 1_tomography.png").toString())
                .containsEntry(GpuConstants.BACKEND, "java");
        assertThat((Double) headers.get(GpuConstants.SECONDS)).isPositive();
        assertThat(headers.get(GpuConstants.METRICS))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("projections", 91)
                .containsEntry("columns", 64)
                .containsKeys("center", "mean", "max", "snr");
    }

    @Test
    void theResultIsNexusWithItsProvenance() {
        try (HdfFile file = new HdfFile(Path.of(tomography(scan).getMessage().getBody(String.class)))) {
            assertThat(file.getAttribute("default").getData()).isEqualTo("entry");
            assertThat(file.getByPath("/entry").getAttribute("NX_class").getData())
                    .isEqualTo("NXentry");
            assertThat(file.getByPath("/entry/data").getAttribute("NX_class").getData())
                    .isEqualTo("NXdata");
            assertThat(file.getByPath("/entry/data").getAttribute("signal").getData())
                    .isEqualTo("slice");
            assertThat(file.getDatasetByPath("/entry/data/slice").getDimensions())
                    .containsExactly(64, 64);
            assertThat(file.getDatasetByPath("/entry/process/backend").getData())
                    .isEqualTo("java");
            assertThat(file.getDatasetByPath("/entry/process/input/file_name").getData())
                    .isEqualTo("scän 1.h5");
            assertThat(file.getDatasetByPath("/entry/process/input/size").getData())
                    .isEqualTo(scan.toFile().length());
            assertThat(file.getDatasetByPath("/entry/process/version").getData().toString())
                    .matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(file.getDatasetByPath("/entry/process/parameters/data")
                            .getData()
                            .toString())
                    .contains("\"filter\":\"hann\"", "\"centerFrom\":\"search\"", "\"slice\":0");
        }
    }

    @Test
    void everyKindOfPathIsTaken() {
        assertThat(tomography(scan).getMessage().getBody()).isInstanceOf(String.class);
        assertThat(tomography(scan.toFile()).getMessage().getBody()).isInstanceOf(String.class);
    }

    @Test
    void theSameAgainGivesTheSameInTheSamePlaceAndLeavesNothingBeside() throws Exception {
        Path result = Path.of(tomography(scan).getMessage().getBody(String.class));
        float[][] first = slice(result);
        // what a crash would leave
        Files.writeString(
                result.resolveSibling("." + result.getFileName() + ".part"), "half of a longer file".repeat(99999));
        tomography(scan);
        assertThat(slice(result)).isDeepEqualTo(first);
        try (Stream<Path> files = Files.list(results)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("scän 1_tomography.h5", "scän 1_tomography.png");
        }
    }

    @Test
    void manyMessagesAtATimeNeverMixTheirBytes() throws Exception {
        float[][] alone = slice(Path.of(tomography(scan).getMessage().getBody(String.class)));
        List<CompletableFuture<Exchange>> running = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            running.add(CompletableFuture.supplyAsync(
                    () -> send("tomography", scan, Map.of(GpuConstants.OUTPUT, results.toString()))));
        }
        int done = 0;
        for (CompletableFuture<Exchange> one : running) {
            Exchange exchange = one.get(1, TimeUnit.MINUTES);
            if (exchange.getException() == null) {
                done++;
            } else {
                assertThat(exchange.getException()).hasMessageContaining("is being written by another message");
            }
        }
        assertThat(done).isPositive();
        assertThat(slice(results.resolve("scän 1_tomography.h5"))).isDeepEqualTo(alone);
        try (Stream<Path> files = Files.list(results)) {
            assertThat(files).hasSize(2);
        }
    }

    private static float[][] slice(Path result) {
        try (HdfFile file = new HdfFile(result)) {
            return (float[][]) file.getDatasetByPath("/entry/data/slice").getData();
        }
    }

    @Test
    void theOptionOutputServesWhereNoHeaderIsSet() {
        Exchange exchange = send("statistics", scan.toString(), Map.of());
        assertThat(exchange.getException()).isNull();
        assertThat(Path.of(exchange.getMessage().getBody(String.class)))
                .exists()
                .hasParentRaw(results);
    }

    @Test
    void whatIsWrongWithAMessageIsSaidAndCounted() throws Exception {
        Map<String, Object> output = Map.of(GpuConstants.OUTPUT, results.toString());
        assertThat(send("tomography", scan.toString(), Map.of()).getException())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("set the header CamelGpuOutput or the option output");
        assertThat(send("tomography", null, output).getException())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the body must be the path of an HDF5 file");
        assertThat(send("tomography", " ", output).getException()).hasMessageContaining("the body must be the path");
        assertThat(send("tomography", 17, output).getException()).hasMessageContaining("but it is a Integer");
        assertThat(send("tomography", directory.resolve("none.h5").toString(), output)
                        .getException())
                .hasMessageContaining("none.h5: there is no such file");
        assertThat(results).doesNotExist();
        assertThat(attribute("gpu://tomography*", "ExchangesFailed")).isEqualTo(5L);
        assertThat(attribute("gpu://tomography*", "ExchangesDone")).isEqualTo(0L);
    }

    @Test
    void jmxShowsWhatAnEndpointDid() throws Exception {
        tomography(scan);
        tomography(scan);
        assertThat(attribute("gpu://tomography*", "Technique")).isEqualTo("tomography");
        assertThat(attribute("gpu://statistics*", "Backend")).isEqualTo("java");
        assertThat(attribute("gpu://tomography*", "ExchangesDone")).isEqualTo(2L);
        assertThat(attribute("gpu://tomography*", "ExchangesFailed")).isEqualTo(0L);
        assertThat((Double) attribute("gpu://tomography*", "Seconds")).isPositive();
    }

    private Object attribute(String endpoint, String attribute) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName pattern = new ObjectName("org.apache.camel:context=" + context.getManagementName()
                + ",type=endpoints,name=\"" + endpoint.replace("?", "\\?") + "\"");
        assertThat(server.queryNames(pattern, null)).hasSize(1);
        return server.getAttribute(server.queryNames(pattern, null).iterator().next(), attribute);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpu:tomografy | there is no such technique; there are statistics, tomography",
                "gpu:tomography?filter=shep | filter=shep, but it must be one of shepp, ramp, hann, parzen, cosine",
                "gpu:tomography?center=left | center=left, but it must be a number",
                "gpu:tomography?slice=-1 | slice=-1, but it must be a detector row",
                "gpu:tomography?backend=cuda | backend=cuda, but it must be one of auto, java",
                "gpu:tomography?algorithm=sirt | algorithm=sirt, but it must be one of fbp",
                "gpu:tomography?devize=0 | devize",
            })
    void aWrongOptionIsSaidBeforeAnythingRuns(String uri, String message) {
        assertThatThrownBy(() -> context.getEndpoint(uri)).hasStackTraceContaining(message);
    }

    @Test
    void isNoBeginningOfARoute() {
        assertThatThrownBy(() -> context.getEndpoint("gpu:statistics").createConsumer(exchange -> {}))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("use it with to:");
    }

    @Test
    void theCatalogueKnowsTheOptions() throws IOException {
        DefaultCamelCatalog catalog = new DefaultCamelCatalog();
        try (InputStream json = GpuComponent.class.getResourceAsStream("/META-INF/org/lightpipe/gpu/gpu.json")) {
            catalog.addComponent(
                    "gpu", GpuComponent.class.getName(), new String(json.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(catalog.validateEndpointProperties("gpu:tomography?filter=hann&center=296&slice=0&backend=auto")
                        .isSuccess())
                .isTrue();
        EndpointValidationResult wrong =
                catalog.validateEndpointProperties("gpu:tomography?filter=shep&devize=0&slice=first&backend=cuda");
        assertThat(wrong.getUnknown()).containsExactly("devize");
        assertThat(wrong.getInvalidEnum()).containsOnlyKeys("filter", "backend");
        assertThat(wrong.getInvalidInteger()).containsOnlyKeys("slice");
        assertThat(catalog.validateEndpointProperties("gpu:tomografy").getInvalidEnum())
                .containsOnlyKeys("technique");
    }

    @Test
    void olderToolsFindTheComponent() throws IOException {
        try (InputStream in =
                GpuComponent.class.getResourceAsStream("/META-INF/services/org/apache/camel/component.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            assertThat(properties).containsEntry("components", "gpu");
        }
    }

    @Test
    void aStoppedComponentLeavesNoThreads() throws Exception {
        tomography(scan);
        context.stop();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().contains("gpu-java") && thread.isAlive())
                .isEmpty();
    }

    /** Camel hands a component to a second thread while the first one still starts it. */
    @Test
    void manyJobsMayBeTheFirstAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (DefaultCamelContext fresh = new DefaultCamelContext()) {
                fresh.start();
                List<CompletableFuture<Void>> jobs = new ArrayList<>();
                for (int job = 0; job < 4; job++) {
                    jobs.add(CompletableFuture.runAsync(
                            () -> fresh.getEndpoint("gpu:statistics").start()));
                }
                for (CompletableFuture<Void> job : jobs) {
                    job.get(30, TimeUnit.SECONDS);
                }
            }
        }
    }
}
