package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.MAP;

import io.jhdf.HdfFile;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.gpu.core.FrameBlock;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** The component as a route sees it. */
class GpuComponentTest {

    private static final String STEPS = """
            - route:
                id: probe
                from:
                  uri: direct:probe
                  steps:
                    - to:
                        uri: gpu:probe
                        parameters:
                          scale_factor: "{{factor:2}}"
                          picture: plot
                          threshold: "{{threshold:}}"
                          dataset: RAW(/entry/a b&c%%20)
            - route:
                id: fixed
                from:
                  uri: direct:fixed
                  steps:
                    - to:
                        uri: gpu:probe
                        parameters:
                          backend: java
                          output: "%s"
            - route:
                id: endless
                from:
                  uri: direct:endless
                  steps:
                    - to:
                        uri: gpu:probe
                        parameters:
                          endless: true
                          backend: java
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
        scan = TestScans.stack(directory.resolve("scän 1.h5"), "/entry/a b&c%20", new float[][][] {
            {{1, 2}, {9, 9}}, {{3, 4}, {9, 9}}, {{5, 6}, {9, 9}}
        });
        load(STEPS.formatted(results, results));
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
        return producer.request("direct:" + route, request -> {
            request.getMessage().setBody(body);
            request.getMessage().setHeaders(new HashMap<>(headers));
        });
    }

    private Exchange probe(Object body) {
        Exchange exchange = send("probe", body, Map.of(GpuConstants.OUTPUT, results.toString()));
        assertThat(exchange.getException()).isNull();
        return exchange;
    }

    @Test
    void aPathGoesInAndThePathOfTheResultComesOut() throws Exception {
        List<Double> progress = new ArrayList<>();
        DoubleConsumer told = progress::add;
        Exchange exchange = send(
                "probe",
                scan.toString(),
                Map.of(
                        GpuConstants.OUTPUT,
                        results.toString(),
                        GpuConstants.DIGEST,
                        "AB".repeat(32),
                        GpuConstants.PROGRESS,
                        told));
        assertThat(exchange.getException()).isNull();
        Path result = results.toRealPath().resolve("scän 1_probe.h5");
        assertThat(exchange.getMessage().getBody()).isEqualTo(result.toString());
        Map<String, Object> headers = exchange.getMessage().getHeaders();
        assertThat(headers)
                .containsEntry(GpuConstants.RESULT, result.toString())
                .containsEntry(
                        GpuConstants.PREVIEW,
                        result.resolveSibling("scän 1_probe.png").toString())
                .containsKeys(GpuConstants.BACKEND, GpuConstants.DEVICE)
                .doesNotContainKeys(GpuConstants.DIGEST, GpuConstants.PROGRESS);
        assertThat((Double) headers.get(GpuConstants.SECONDS)).isPositive();
        assertThat(headers.get(GpuConstants.METRICS))
                .asInstanceOf(MAP)
                .containsEntry("frames", 3)
                .containsEntry("first", 18.0);
        assertThat(progress).endsWith(1.0).isSorted().hasSizeGreaterThan(2);
        try (HdfFile file = new HdfFile(result)) {
            assertThat(file.getDatasetByPath("/entry/process/input/sha256").getData())
                    .isEqualTo("ab".repeat(32));
            assertThat(file.getDatasetByPath("/entry/process/backend").getData())
                    .isEqualTo(headers.get(GpuConstants.BACKEND));
        }
    }

    @Test
    void everyKindOfPathIsTaken() {
        assertThat(probe(scan).getMessage().getBody()).isInstanceOf(String.class);
        assertThat(probe(scan.toFile()).getMessage().getBody()).isInstanceOf(String.class);
        assertThat(probe(new File(scan.toString())).getMessage().getBody()).isInstanceOf(String.class);
    }

    @Test
    void stacksAndBatchesOfFramesAreTaken() throws Exception {
        Map<String, Object> named = Map.of(GpuConstants.NAME, "../batch 7", GpuConstants.OUTPUT, results.toString());
        FrameBlock block = new FrameBlock(
                5, 2, 1, 1, NumberType.UINT8, ByteBuffer.wrap(new byte[] {3, 4}).order(ByteOrder.LITTLE_ENDIAN));
        for (Object body : List.of(
                new float[][][] {{{3}}, {{4}}},
                new short[][] {{7}},
                FrameStack.of(new int[][] {{7}}),
                block,
                List.of(block))) {
            Exchange exchange = send("probe", body, named);
            assertThat(exchange.getException()).isNull();
            assertThat(exchange.getMessage().getHeader(GpuConstants.METRICS))
                    .asInstanceOf(MAP)
                    .containsEntry("first", 14.0);
            assertThat(Path.of(exchange.getMessage().getBody(String.class)))
                    .isEqualTo(results.toRealPath().resolve("_.._batch_7_probe.h5"));
        }
        Exchange unnamed = send("fixed", new float[][] {{3}}, Map.of());
        assertThat(unnamed.getException()).isNull();
        assertThat(Path.of(unnamed.getMessage().getBody(String.class))
                        .getFileName()
                        .toString())
                .isEqualTo(unnamed.getExchangeId().replaceAll("[^\\p{L}\\p{N}._-]", "_") + "_probe.h5");
    }

    @Test
    void theSameAgainGivesTheSameInTheSamePlaceAndLeavesNothingBeside() throws Exception {
        Path result = Path.of(probe(scan).getMessage().getBody(String.class));
        float[][] first = sum(result);
        Files.writeString(
                result.resolveSibling("." + result.getFileName() + ".part"), "half of a longer file".repeat(99999));
        probe(scan);
        assertThat(sum(result)).isDeepEqualTo(first);
        try (Stream<Path> files = Files.list(results)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("scän 1_probe.h5", "scän 1_probe.png");
        }
    }

    @Test
    void manyMessagesAtATimeNeverMixTheirBytes() throws Exception {
        float[][] alone = sum(Path.of(probe(scan).getMessage().getBody(String.class)));
        List<CompletableFuture<Exchange>> running = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            running.add(CompletableFuture.supplyAsync(
                    () -> send("probe", scan, Map.of(GpuConstants.OUTPUT, results.toString()))));
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
        assertThat(sum(results.resolve("scän 1_probe.h5"))).isDeepEqualTo(alone);
        try (Stream<Path> files = Files.list(results)) {
            assertThat(files).hasSize(2);
        }
    }

    private static float[][] sum(Path result) {
        try (HdfFile file = new HdfFile(result)) {
            return (float[][]) file.getDatasetByPath("/entry/data/sum").getData();
        }
    }

    @Test
    void theOptionOutputServesWhereNoHeaderIsSet() {
        Exchange exchange = send("fixed", scan.toString(), Map.of());
        assertThat(exchange.getException()).isNull();
        assertThat(Path.of(exchange.getMessage().getBody(String.class)))
                .exists()
                .hasParentRaw(results);
    }

    @Test
    void whatIsWrongWithAMessageIsSaidAndCounted() throws Exception {
        Map<String, Object> output = Map.of(GpuConstants.OUTPUT, results.toString());
        assertThat(send("probe", scan.toString(), Map.of()).getException())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("set the header CamelGpuOutput or the option output");
        assertThat(send("probe", null, output).getException())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the body must be the path of a file");
        assertThat(send("probe", " ", output).getException()).hasMessageContaining("the body must be the path");
        assertThat(send("probe", "a\0b", output).getException())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("the body is no path");
        assertThat(send("probe", 17, output).getException()).hasMessageContaining("but it is a Integer");
        assertThat(send("probe", directory.resolve("none.h5").toString(), output)
                        .getException())
                .hasMessageContaining("none.h5: there is no such file");
        assertThat(send("probe", scan, Map.of(GpuConstants.OUTPUT, "x", GpuConstants.DIGEST, "abc"))
                        .getException())
                .hasMessageContaining("CamelGpuDigest is 'abc', but it must be a SHA-256");
        assertThat(send("probe", new float[0][0], output).getException()).hasMessageContaining("no pixels");
        assertThat(results).doesNotExist();
        assertThat(attribute("gpu://probe?dataset*", "ExchangesFailed")).isEqualTo(8L);
        assertThat(attribute("gpu://probe?dataset*", "ExchangesDone")).isEqualTo(0L);
    }

    @Test
    void jmxShowsWhatAnEndpointDid() throws Exception {
        probe(scan);
        probe(scan);
        assertThat(attribute("gpu://probe?dataset*", "Technique")).isEqualTo("probe");
        assertThat(attribute("gpu://probe?backend=java&output*", "Backend")).isEqualTo("java");
        assertThat(attribute("gpu://probe?dataset*", "ExchangesDone")).isEqualTo(2L);
        assertThat(attribute("gpu://probe?dataset*", "ExchangesFailed")).isEqualTo(0L);
        assertThat(attribute("gpu://probe?dataset*", "JobsRunning")).isEqualTo(0);
        assertThat((Double) attribute("gpu://probe?dataset*", "Seconds")).isPositive();
    }

    @Test
    void aRunningJobIsSeenAndCancelledOverJmx() throws Exception {
        CompletableFuture<Exchange> running = CompletableFuture.supplyAsync(
                () -> send("endless", new float[2][2][2], Map.of(GpuConstants.NAME, "live")));
        ObjectName endpoint = name("gpu://probe?backend=java&endless*");
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        TabularData jobs;
        do {
            Thread.sleep(10);
            assertThat(running).isNotDone();
            jobs = (TabularData) server.invoke(endpoint, "listJobs", new Object[0], new String[0]);
        } while (jobs.isEmpty());
        assertThat(server.getAttribute(endpoint, "JobsRunning")).isEqualTo(1);
        CompositeData job = (CompositeData) jobs.values().iterator().next();
        assertThat(job.get("input")).isEqualTo("live");
        assertThat((Double) job.get("progress")).isBetween(0.0, 1.0);
        assertThat((Double) job.get("seconds")).isPositive();
        assertThat(cancel(server, endpoint, "none")).isEqualTo(false);
        assertThat(cancel(server, endpoint, job.get("id").toString())).isEqualTo(true);
        Exchange exchange = running.get(30, TimeUnit.SECONDS);
        assertThat(exchange.getException())
                .isInstanceOf(CancellationException.class)
                .hasMessage("gpu:probe: live was cancelled by an operator");
        assertThat(server.getAttribute(endpoint, "JobsRunning")).isEqualTo(0);
        assertThat(results).isEmptyDirectory();
    }

    private static Object cancel(MBeanServer server, ObjectName endpoint, String id) throws Exception {
        return server.invoke(endpoint, "cancel", new Object[] {id}, new String[] {String.class.getName()});
    }

    /** A cancel that comes as the job ends must not hit what its thread does next. */
    @Test
    void aCancelledJobLeavesNoInterruptBehind() {
        RunningJobs jobs = new RunningJobs();
        RunningJob job = jobs.begin("scan");
        assertThat(jobs.cancel(job.id())).isTrue();
        job.close();
        assertThat(Thread.interrupted()).isFalse();
        assertThat(job.cancel()).isFalse();
        assertThat(jobs.cancel(job.id())).isFalse();
        assertThat(Thread.interrupted()).isFalse();
    }

    private Object attribute(String endpoint, String attribute) throws Exception {
        return ManagementFactory.getPlatformMBeanServer().getAttribute(name(endpoint), attribute);
    }

    private ObjectName name(String endpoint) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName pattern = new ObjectName("org.apache.camel:context=" + context.getManagementName()
                + ",type=endpoints,name=\"" + endpoint.replace("?", "\\?") + "\"");
        assertThat(server.queryNames(pattern, null)).hasSize(1);
        return server.queryNames(pattern, null).iterator().next();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpu:prode | there is no such technique; there are",
                "gpu:probe?picture=film | picture=film, but it must be one of image, plot, none",
                "gpu:probe?scaleFactor=left | scaleFactor=left, but it must be a number",
                "gpu:probe?firstFrame=-1 | gpu:probe: firstFrame=-1, but it must not be negative",
                "gpu:probe?backend=tpu | gpu:probe: backend=tpu, but it must be one of auto, java, opencl, cuda",
                "gpu:probe?firstFrane=1 | firstFrane is not an option (did you mean firstFrame?)",
                "gpu:probe?devize=0 | devize is not an option; there are dataset,",
                "gpu:probe?techniques=/tmp | techniques",
            })
    void aWrongOptionIsSaidBeforeAnythingRuns(String uri, String message) {
        assertThatThrownBy(() -> context.getEndpoint(uri)).hasStackTraceContaining(message);
    }

    @Test
    void isNoBeginningOfARoute() {
        assertThatThrownBy(() -> context.getEndpoint("gpu:probe").createConsumer(exchange -> {}))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("use it with to:");
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
    void aFacilitysTechniqueComesFromAJarInAFolder() throws Exception {
        Path folder = Files.createDirectory(directory.resolve("techniques"));
        TestJar.technique("darkest", "").in(folder);
        TestJar.naming("org.example.Missing").in(folder, "missing.jar");
        try (DefaultCamelContext other = new DefaultCamelContext()) {
            GpuComponent component = new GpuComponent();
            component.setTechniques(folder.toString());
            other.addComponent("gpu", component);
            other.start();
            Exchange exchange = other.createProducerTemplate()
                    .request(
                            "gpu:darkest?darkness=0.25&output=" + directory,
                            request -> request.getMessage().setBody(scan.toString()));
            assertThat(exchange.getException()).isNull();
            assertThat(exchange.getMessage().getHeader(GpuConstants.METRICS))
                    .asInstanceOf(MAP)
                    .containsEntry("darkest", 1.25);
            assertThatThrownBy(() -> other.getEndpoint("gpu:missing"))
                    .hasStackTraceContaining("missing.jar: org.example.Missing cannot be loaded");
        }
    }

    @Test
    void theDevicesAreDescribedInOneLine() {
        String description = context.getComponent("gpu", GpuComponent.class).get();
        assertThat(description).doesNotContain("\n").contains("gpu: steps run on ");
    }

    /** On a machine without any device there is nothing to be seen, which is right, too. */
    @Test
    void theDevicesAreSeenAndSteeredOverJmx() throws Exception {
        String described = context.getComponent("gpu", GpuComponent.class).get();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        Set<ObjectName> beans = server.queryNames(
                new ObjectName("org.lightpipe:type=GpuDevice,context=" + context.getManagementName() + ",*"), null);
        long listed = Pattern.compile("(?:cuda|opencl)-\\d+: ")
                .matcher(described)
                .results()
                .count();
        assertThat(beans).hasSize((int) listed);
        for (ObjectName device : beans) {
            assertThat(server.getAttribute(device, "Id")).isEqualTo(device.getKeyProperty("name"));
            assertThat((Long) server.getAttribute(device, "MemoryFree")).isPositive();
            assertThat(server.getAttribute(device, "State")).isEqualTo("ready");
            server.invoke(device, "drain", new Object[0], new String[0]);
            assertThat(server.getAttribute(device, "State")).isEqualTo("drained");
            server.invoke(device, "restore", new Object[0], new String[0]);
            assertThat(server.getAttribute(device, "State")).isEqualTo("ready");
        }
    }

    @Test
    void aStoppedComponentLeavesNoThreadsAndNoBeans() throws Exception {
        probe(scan);
        context.stop();
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().matches(".*gpu-(java|devices|digest).*") && thread.isAlive())
                .isEmpty();
        assertThat(ManagementFactory.getPlatformMBeanServer()
                        .queryNames(
                                new ObjectName(
                                        "org.lightpipe:type=GpuDevice,context=" + context.getManagementName() + ",*"),
                                null))
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
                            () -> fresh.getEndpoint("gpu:probe").start()));
                }
                for (CompletableFuture<Void> job : jobs) {
                    job.get(30, TimeUnit.SECONDS);
                }
            }
        }
    }
}
