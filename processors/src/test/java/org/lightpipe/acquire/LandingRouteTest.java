package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The landing: component in a route, with real files and a real writer. */
class LandingRouteTest {

    private final CamelContext camel = new DefaultCamelContext();
    private final List<String> landed = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        camel.stop();
    }

    private void watch(Path watched, String options) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("landing:" + watched + "?" + options + "initialDelay=0&delay=50&quiet=150")
                        .routeId("watch")
                        .process(exchange -> {
                            if (failures.getAndDecrement() > 0) {
                                throw new IllegalStateException("the catalog does not answer");
                            }
                            List<?> files = exchange.getIn().getBody(List.class);
                            files.forEach(file -> landed.add(((LandedFile) file).path()));
                        });
            }
        });
        camel.start();
    }

    private void awaitLanded(String... paths) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(landed).containsExactlyInAnyOrder(paths));
    }

    private void awaitLooks() {
        await().during(Duration.ofMillis(600)).atMost(Duration.ofSeconds(5)).until(() -> true);
    }

    @Test
    void finishedFilesAreToldOnceAndLinksAndPipesAreLeft() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "x");
        Path watched = Files.createDirectories(directory.resolve("w"));
        Files.createDirectories(watched.resolve("sub/.hidden"));
        Files.writeString(watched.resolve("a b ${x}.h5"), "x");
        Files.writeString(watched.resolve("sub/.hidden/x"), "x");
        Files.writeString(watched.resolve("sub/.x"), "x");
        Files.writeString(watched.resolve("sub/b"), "");
        Files.createSymbolicLink(watched.resolve("link"), outside.resolve("secret"));
        Files.createSymbolicLink(watched.resolve("linked"), outside);
        assertThat(new ProcessBuilder("mkfifo", watched.resolve("pipe").toString())
                        .start()
                        .waitFor())
                .isZero();

        watch(watched, "");

        awaitLanded("a b ${x}.h5", "sub/b");
        awaitLooks();
        awaitLanded("a b ${x}.h5", "sub/b");
        LandingEndpoint endpoint = (LandingEndpoint) camel.getRoute("watch").getEndpoint();
        assertThat(endpoint.getTaken()).isEqualTo(2);
        assertThat(endpoint.getUnfinished()).isZero();
    }

    @Test
    void aWatchedDirectoryMayBeALinkAndMayComeBack() throws Exception {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        Files.writeString(real.resolve("a"), "x");
        watch(link, "");
        awaitLanded("a");
        LandingEndpoint endpoint = (LandingEndpoint) camel.getRoute("watch").getEndpoint();

        Path away = Files.move(real, directory.resolve("away"));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !endpoint.getTrouble().isEmpty());
        Files.writeString(away.resolve("b"), "x");
        Files.move(away, real);

        awaitLanded("a", "b");
        await().atMost(Duration.ofSeconds(30)).until(() -> endpoint.getTrouble().isEmpty());
    }

    @Test
    void whatTheRouteCouldNotTakeIsToldAgain() throws Exception {
        failures.set(3);
        Files.writeString(directory.resolve("a"), "x");
        watch(directory, "");
        awaitLanded("a");
        assertThat(failures.get()).isNegative();
    }

    @Test
    void markersAndRenamedFiles() throws Exception {
        Files.writeString(directory.resolve("a"), "x");
        Files.writeString(directory.resolve("b"), "x");
        Files.writeString(directory.resolve("b.ok"), "");
        watch(directory, "complete=marker&marker=RAW({name}.ok)&");
        awaitLanded("b");
        Files.writeString(directory.resolve("a.ok"), "");
        awaitLanded("b", "a");
    }

    @Test
    void aFileThatAProcessHasOpenForWritingWaits() throws Exception {
        Path file = Files.writeString(directory.resolve("a"), "x");
        Files.writeString(directory.resolve("read"), "x");
        Process writer = new ProcessBuilder("sh", "-c", "exec 3>>a 4<read; echo open; read line")
                .directory(directory.toFile())
                .start();
        try {
            assertThat(writer.inputReader().readLine()).isEqualTo("open");
            watch(directory, "");
            awaitLanded("read");
            awaitLooks();
            awaitLanded("read");
            assertThat(new OpenForWriting(Path.of("/proc")).below(directory.toRealPath()))
                    .containsExactly(file.toRealPath());
        } finally {
            writer.outputWriter().close();
            assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        awaitLanded("read", "a");
    }

    @Test
    void anHdf5FileWhoseWriterHasNotClosedItWaits() throws Exception {
        Map<String, Boolean> expected = new HashMap<>();
        expected.put("writing", true);
        expected.put("swmr", true);
        expected.put("closed", false);
        expected.put("old", false);
        superblock("writing", 3, 1);
        superblock("swmr", 3, 5);
        superblock("closed", 3, 0);
        superblock("old", 0, 1);
        Files.write(directory.resolve("short"), new byte[] {(byte) 0x89, 'H', 'D', 'F'});
        expected.put("short", false);
        for (Map.Entry<String, Boolean> file : expected.entrySet()) {
            Path path = directory.resolve(file.getKey());
            assertThat(Hdf5Flags.isOpen(path, Files.size(path)))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
        watch(directory, "");
        awaitLanded("closed", "old", "short");
        superblock("writing", 3, 0);
        awaitLanded("closed", "old", "short", "writing");
    }

    @Test
    void anHdf5FileBehindAUserBlockIsKnownToo() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        bytes.position(1024);
        bytes.put(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n', 2, 8, 8, 1});
        Path file = Files.write(directory.resolve("a"), bytes.array());
        assertThat(Hdf5Flags.isOpen(file, 4096)).isTrue();
        bytes.put(1035, (byte) 0);
        Files.write(file, bytes.array());
        assertThat(Hdf5Flags.isOpen(file, 4096)).isFalse();
    }

    @Test
    void aSingleFileHasTheHeadersOfCamelsFiles() throws Exception {
        Files.createDirectory(directory.resolve("sub"));
        Files.writeString(directory.resolve("sub/a.h5"), "12345");
        Map<String, Object> headers = new java.util.concurrent.ConcurrentHashMap<>();
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("landing:" + directory + "?batch=1&quiet=50&delay=50")
                        .process(exchange -> headers.putAll(exchange.getIn().getHeaders()));
            }
        });
        camel.start();
        await().atMost(Duration.ofSeconds(30)).until(() -> headers.containsKey("CamelFileName"));
        assertThat(headers)
                .containsEntry("CamelFileName", "sub/a.h5")
                .containsEntry("CamelFileNameOnly", "a.h5")
                .containsEntry("CamelFileLength", 5L)
                .containsEntry("CamelFileParent", directory + "/sub")
                .containsEntry("CamelFileAbsolutePath", directory + "/sub/a.h5");
    }

    /** A closed file is with the route before a look would have been due, and the threads end with the route. */
    @Test
    void closedFilesComeAtOnceAndThreadsEnd() throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("landing:" + directory + "?complete=closed&delay=60000&events=on")
                        .routeId("watch")
                        .process(exchange -> {
                            List<?> files = exchange.getIn().getBody(List.class);
                            files.forEach(file -> landed.add(((LandedFile) file).path()));
                        });
            }
        });
        camel.start();
        LandingEndpoint endpoint = (LandingEndpoint) camel.getRoute("watch").getEndpoint();
        await().atMost(Duration.ofSeconds(30)).until(() -> endpoint.getWatchedDirectories() == 1);
        assertThat(endpoint.getMode()).isEqualTo("events");
        long written = System.nanoTime();
        Files.writeString(directory.resolve("a"), "x");
        awaitLanded("a");
        assertThat(Duration.ofNanos(System.nanoTime() - written)).isLessThan(Duration.ofSeconds(10));
        assertThat(threads()).hasSize(2);

        camel.getRouteController().stopRoute("watch");
        assertThat(threads()).isEmpty();

        camel.getRouteController().startRoute("watch");
        Files.writeString(directory.resolve("b"), "x");
        await().atMost(Duration.ofSeconds(30)).until(() -> landed.contains("b"));
        assertThat(threads()).hasSize(2);
    }

    private List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("landing") && name.endsWith(directory.toString()))
                .toList();
    }

    @Test
    void aSuspendedRouteTellsNothingAndLosesNothing() throws Exception {
        watch(directory, "complete=closed&");
        Files.writeString(directory.resolve("a"), "x");
        awaitLanded("a");
        camel.getRouteController().suspendRoute("watch");
        Files.writeString(directory.resolve("b"), "x");
        awaitLooks();
        awaitLanded("a");
        camel.getRouteController().resumeRoute("watch");
        awaitLanded("a", "b");
    }

    @Test
    void anOptionThatCannotBeIsTold() {
        assertThatThrownBy(() -> watch(directory, "unit=tree&"))
                .hasStackTraceContaining("landing: option unit cannot be 'tree'");
    }

    private void superblock(String name, int version, int flags) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(48);
        bytes.put(new byte[] {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'});
        bytes.put((byte) version).put((byte) 8).put((byte) 8).put((byte) flags);
        Files.write(directory.resolve(name), bytes.array());
    }
}
