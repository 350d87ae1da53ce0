package org.lightpipe.hub.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.spi.ToolProvider;

/** Stands where another module offers the tool {@code gpu}: says what it was told. */
public final class EchoTool implements ToolProvider {

    static final int STATUS = 17;

    @Override
    public String name() {
        return "gpu";
    }

    @Override
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        out.println(List.of(arguments));
        return STATUS;
    }
}
