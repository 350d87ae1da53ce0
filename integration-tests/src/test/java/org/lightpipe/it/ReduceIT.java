package org.lightpipe.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jhdf.HdfFile;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reductions as an engineer wires them: from a template, by a technique of his own, and by hand. */
class ReduceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String ROUTES = """
            - templatedRoute:
                routeTemplateRef: reduce-statistics
                routeId: mine
                parameters:
                  - name: name
                    value: mine
                  - name: output
                    value: %1$s/results
                  - name: storage
                    value: file:%1$s/kept
                  - name: backend
                    value: java
            - route:
                id: live
                description: Reduces what the detector writes, on the spot.
                from:
                  id: live-from
                  uri: landing
                  parameters:
                    directoryName: %1$s/detector
                    quiet: 200
                    delay: 100
                    batch: 1
                  steps:
                    - setBody:
                        id: live-path
                        expression:
                          simple:
                            expression: %1$s/detector/${header.CamelFileName}
                    - to:
                        id: live-mine
                        uri: direct:mine
            - route:
                id: own
                description: The facility's own technique.
                from:
                  id: own-from
                  uri: timer
                  parameters:
                    timerName: own
                    repeatCount: 1
                  steps:
                    - setBody:
                        id: own-path
                        expression:
                          simple:
                            expression: %1$s/images.h5
                    - to:
                        id: own-reduce
                        uri: gpu:darkest
                        parameters:
                          darkness: 0.5
                          output: %1$s/own
            """;

    private static final String TECHNIQUE = """
            package org.example;

            import java.io.IOException;
            import java.util.Map;
            import org.apache.camel.spi.UriParam;
            import org.lightpipe.gpu.core.FrameSource;
            import org.lightpipe.gpu.core.InvalidInputException;
            import org.lightpipe.gpu.technique.Job;
            import org.lightpipe.gpu.technique.Preview;
            import org.lightpipe.gpu.technique.Summary;
            import org.lightpipe.gpu.technique.Technique;

            public final class Darkest implements Technique<Darkest.Options> {

                public static final class Options {
                    @UriParam(label = "darkest", description = "What is added", defaultValue = "0")
                    private double darkness;
                }

                @Override
                public String name() {
                    return "darkest";
                }

                @Override
                public String summary() {
                    return "Finds the darkest pixel.";
                }

                @Override
                public Options options() {
                    return new Options();
                }

                @Override
                public Summary run(Job job, Options options)
                        throws InvalidInputException, IOException, InterruptedException {
                    FrameSource frames = job.frames("");
                    float[] pixels = new float[frames.rows() * frames.columns()];
                    double[] darkest = {Double.MAX_VALUE};
                    job.compute(0, 0);
                    frames.forEachBlock(0, frames.frames(), 1, block -> {
                        block.floats(0, pixels);
                        for (float pixel : pixels) {
                            darkest[0] = Math.min(darkest[0], pixel);
                        }
                    });
                    double value = darkest[0] + options.darkness;
                    job.result().dataset("/entry/darkest", value, "counts");
                    return new Summary("Darkest", Map.of(), Map.of("darkest", value), null);
                }
            }
            """;

    @TempDir
    Path directory;

    @Test
    void aTemplateKeepsResultsInAStorageAndAnOwnTechniqueRuns() throws Exception {
        Facility facility = Facility.in(directory);
        Path root = facility.detector().getParent();
        Images.write(root.resolve("images.h5"));
        Files.createDirectory(root.resolve("kept"));
        jar(facility.home().resolve("techniques"));
        facility.write("routes/10-mine.camel.yaml", ROUTES.formatted(root));

        Launcher launcher = new Launcher(facility);
        Launcher.Outcome check = launcher.run("check");
        assertThat(check.out()).isEqualTo("nothing wrong found\n");

        try (HubProcess hub =
                facility.hub(facility.state(), Map.of("claim.delay", "50")).start()) {
            Images.write(facility.detector().resolve("scan.h5"));
            Path kept = root.resolve("kept/scan_statistics.h5");
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(kept)
                            && Files.exists(root.resolve("kept/scan_statistics.png"))
                            && Files.exists(root.resolve("own/images_darkest.h5")));
            assertThat(kept).hasSameBinaryContentAs(root.resolve("results/scan_statistics.h5"));
            try (HdfFile own = new HdfFile(root.resolve("own/images_darkest.h5"))) {
                assertThat(own.getDatasetByPath("/entry/darkest").getData()).isEqualTo(0.5);
            }
            assertThat(hub.client().get("/api/v1/status").path("gpu").asText()).isNotBlank();
        }

        Launcher.Outcome byHand = launcher.run(
                "gpu", "run", "darkest", "--in", root.resolve("images.h5").toString(), "--out", root.toString());
        assertThat(byHand.status()).as(byHand.err()).isZero();
        assertThat(byHand.out())
                .contains("result   " + root.resolve("images_darkest.h5"))
                .contains("darkest  0.0");
        assertThat(launcher.run("gpu", "run", "darkest", "--in", "x", "--dark", "1")
                        .status())
                .isEqualTo(2);
        assertThat(launcher.run("gpu", "techniques").out()).contains("darkest ", "xpcs ");
    }

    private void jar(Path folder) throws Exception {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///org/example/Darkest.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return TECHNIQUE;
                    }
                };
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .getTask(
                                null,
                                null,
                                null,
                                List.of(
                                        "-proc:none",
                                        "-d",
                                        classes.toString(),
                                        "-cp",
                                        System.getProperty("java.class.path")),
                                null,
                                List.of(source))
                        .call())
                .isTrue();
        Files.createDirectories(folder);
        try (OutputStream out = Files.newOutputStream(folder.resolve("darkest.jar"));
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            jar.putNextEntry(new JarEntry("META-INF/services/org.lightpipe.gpu.technique.Technique"));
            jar.write("org.example.Darkest\n".getBytes(StandardCharsets.UTF_8));
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                jar.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                jar.write(Files.readAllBytes(file));
            }
        }
    }
}
