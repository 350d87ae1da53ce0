package org.lightpipe.api;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.lightpipe.catalog.ClaimScheduler;
import org.lightpipe.catalog.Hints;
import org.lightpipe.catalog.Step;
import org.lightpipe.catalog.TestCatalog;
import org.lightpipe.catalog.Work;
import org.lightpipe.hub.ClaimTrouble;
import org.lightpipe.portal.AnalysisDirectories;
import org.lightpipe.portal.Portal;
import org.lightpipe.portal.PortalFiles;
import org.lightpipe.portal.Records;

/** As much of the hub as the portal needs: its route file, as it is, over real HTTP. */
public final class PortalHub implements AutoCloseable {

    private final Main main = new Main();
    private final URI address;
    private final Access access;

    public PortalHub(TestCatalog catalog, Path home, AnalysisDirectories analysis, Clock clock) throws Exception {
        int port = freePort();
        address = URI.create("http://127.0.0.1:" + port);
        access = new Access(catalog.jdbc(), clock);
        Work work = catalog.work();
        Answer answer = new Answer();
        main.bind("dataSource", catalog.dataSource());
        main.bind("work", work);
        main.bind("claimTrouble", new ClaimTrouble());
        Hints hints = new Hints();
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport support) {
                support.getCamelContext()
                        .getRegistry()
                        .bindAsPrototype("claimScheduler", ClaimScheduler.class, () -> new ClaimScheduler(hints));
            }
        });
        main.bind("headerFilter", new HeaderFilter());
        main.bind("access", access);
        main.bind("answer", answer);
        main.bind("errorAnswer", new ErrorAnswer(answer));
        main.bind("recordsApi", new RecordsApi(new Records(catalog.dataSource())));
        main.bind("portal", new Portal(catalog.jdbc(), catalog.transactions(), work, analysis));
        main.bind("portalFiles", new PortalFiles(home.resolve("portal")));
        main.configure().addRoutesBuilder(new HoldWhatFails(work));
        main.addInitialProperty("lightpipe.home", home.toString());
        main.addInitialProperty("claim.delay", "100");
        main.addInitialProperty("camel.component.platform-http.headerFilterStrategy", "#headerFilter");
        main.addInitialProperty("camel.server.enabled", "true");
        main.addInitialProperty("camel.server.host", "127.0.0.1");
        main.addInitialProperty("camel.server.port", Integer.toString(port));
        main.addInitialProperty(
                "camel.main.routesIncludePattern",
                "file:" + home + "/routes/7-publish.camel.yaml,file:" + home + "/routes/templates/*.camel.yaml");
        main.start();
    }

    public URI address() {
        return address;
    }

    public Access access() {
        return access;
    }

    public Main main() {
        return main;
    }

    @Override
    public void close() {
        main.stop();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The hub's own is shared by all steps; here it does the same for this one. */
    private static final class HoldWhatFails extends RouteConfigurationBuilder {

        private final Work work;

        HoldWhatFails(Work work) {
            this.work = work;
        }

        @Override
        public void configuration() {
            routeConfiguration("hold-what-fails")
                    .onException(Throwable.class)
                    .handled(true)
                    .process(exchange -> work.failed(
                            Step.of(exchange.getProperty("step", String.class)),
                            exchange.getProperty("id", Long.class),
                            exchange.getProperty("CamelExceptionCaught", Throwable.class)));
        }
    }
}
