package org.lightpipe.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Exchange;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.core.Sha256;

/** The transfer: component in routes that know nothing of a hub. */
class TransferComponentTest {

    private static final Path KAMELETS =
            Path.of("..", "routes", "kamelets").toAbsolutePath().normalize();

    @TempDir
    private Path directory;

    @Test
    void itTakesThePlaceOfFileInARoute() throws Exception {
        copies("to: {uri: transfer, parameters: {storage: 'file:%s', durability: cache}}");
    }

    @Test
    void itIsAKamelet() throws Exception {
        copies("to: {uri: 'kamelet:transfer-sink', parameters: {storage: 'file:%s'}}");
    }

    @Test
    void aFileThatIsGoneFailsItsExchange() throws Exception {
        Path storage = Files.createDirectory(directory.resolve("storage"));
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            Exchange answer = camel.createProducerTemplate()
                    .request(
                            "transfer:file:" + storage,
                            exchange -> exchange.getIn()
                                    .setBody(directory.resolve("no-such-file").toFile()));
            assertThat(answer.getException()).hasMessageContaining("no-such-file");
        }
    }

    private void copies(String step) throws Exception {
        Path detector = Files.createDirectory(directory.resolve("detector"));
        Path storage = Files.createDirectory(directory.resolve("storage"));
        Files.createDirectory(detector.resolve("scan"));
        Path frame = Files.writeString(detector.resolve("scan/frame.h5"), "12345");
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getComponent("kamelet", KameletComponent.class).setLocation("file:" + KAMELETS);
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.fromString("copy.yaml", """
                            - route:
                                id: copied
                                from:
                                  uri: file
                                  parameters: {directoryName: "%s", recursive: true, noop: true, delay: 50}
                                  steps:
                                    - %s
                                    - to: mock:copied
                            """.formatted(
                            detector, step.formatted(storage))));
            MockEndpoint copied = camel.getEndpoint("mock:copied", MockEndpoint.class);
            copied.expectedMessageCount(1);
            camel.start();
            copied.assertIsSatisfied(20_000);
            assertThat(storage.resolve("scan/frame.h5")).hasContent("12345");
            assertThat(copied.getExchanges().get(0).getMessage().getHeader(TransferEndpoint.SHA256))
                    .isEqualTo(Sha256.of(frame).digest());
        }
    }
}
