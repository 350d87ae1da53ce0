package org.lightpipe.hub.check;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.spi.ToolProvider;

/** Describes the component as it is when a technique was added to it without a build. */
public final class ProbeCatalogTool implements ToolProvider {

    @Override
    public String name() {
        return "probe-catalog";
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        try (InputStream json = getClass().getResourceAsStream("/META-INF/org/lightpipe/hub/check/probe.json")) {
            String added = List.of(arguments).contains("techniques=/home/x") ? "added" : "not told";
            out.println(new String(json.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("\"statistics\", \"tomography\"", "\"statistics\", \"tomography\", \"" + added + "\""));
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
