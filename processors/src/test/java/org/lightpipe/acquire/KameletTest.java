package org.lightpipe.acquire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The landing: component as a Kamelet, found by its name in the directory of Kamelets. */
class KameletTest {

    private static final Path KAMELETS =
            Path.of("..", "routes", "kamelets").toAbsolutePath().normalize();

    @TempDir
    Path watched;

    @Test
    void aRouteGetsFinishedFilesFromIt() throws Exception {
        Files.createDirectory(watched.resolve("scan"));
        Files.writeString(watched.resolve("scan/frame.h5"), "12345");
        Files.writeString(watched.resolve("scan/notes.txt"), "not wanted");
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            context.getComponent("kamelet", KameletComponent.class).setLocation("file:" + KAMELETS);
            PluginHelper.getRoutesLoader(context)
                    .loadRoutes(ResourceHelper.fromString("landed.yaml", """
                            - route:
                                id: landed
                                from:
                                  uri: kamelet:landing-source
                                  parameters:
                                    directoryName: "%s"
                                    include: "**/*.h5"
                                    quiet: 50
                                    delay: 20
                                  steps:
                                    - to:
                                        uri: mock:landed
                            """.formatted(watched)));
            MockEndpoint landed = context.getEndpoint("mock:landed", MockEndpoint.class);
            landed.expectedMessageCount(1);
            context.start();
            landed.assertIsSatisfied(10_000);
            List<?> files = landed.getExchanges().get(0).getMessage().getMandatoryBody(List.class);
            LandedFile file = (LandedFile) files.get(0);
            assertThat(files).hasSize(1);
            assertThat(file.path()).isEqualTo("scan/frame.h5");
            assertThat(file.size()).isEqualTo(5);
        }
    }
}
