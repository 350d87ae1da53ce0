package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The component as a Kamelet, found by its name in the directory of Kamelets. */
class KameletTest {

    private static final Path KAMELETS =
            Path.of("..", "routes", "kamelets").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void aRouteReducesAFileWithIt() throws Exception {
        float[][][] data = TestScans.filled(3, 4, 5, 7);
        Path scan = TestScans.dataExchange(
                directory.resolve("scan.h5"),
                data,
                TestScans.filled(1, 4, 5, 9),
                TestScans.filled(1, 4, 5, 1),
                new double[] {0, 60, 120});
        Path results = directory.resolve("results");
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getComponent("kamelet", KameletComponent.class).setLocation("file:" + KAMELETS);
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.fromString("reduce.yaml", """
                            - route:
                                id: reduce
                                from:
                                  uri: direct:reduce
                                  steps:
                                    - to:
                                        uri: kamelet:gpu-action
                                        parameters:
                                          technique: statistics
                                          backend: java
                                          output: "%s"
                            """.formatted(results)));
            context.start();
            Exchange exchange = context.createProducerTemplate()
                    .request("direct:reduce", request -> request.getMessage().setBody(scan.toString()));
            assertThat(exchange.getException()).isNull();
            Path result = Path.of(exchange.getMessage().getBody(String.class));
            assertThat(result.getParent()).isEqualTo(results.toRealPath());
            assertThat(Files.size(result)).isPositive();
            assertThat(exchange.getMessage().getHeader(GpuConstants.METRICS))
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                    .containsEntry("frames", 3)
                    .containsEntry("mean", 7.0);
        }
    }
}
