package org.lightpipe.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuCommandTest {

    private static String told(String... arguments) {
        StringWriter out = new StringWriter();
        int status = Lightpipe.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments);
        assertThat(status).isEqualTo(EchoTool.STATUS);
        return out.toString().strip();
    }

    @Test
    void everyWordGoesToTheToolAsItIs() {
        assertThat(told("gpu")).isEqualTo("[]");
        assertThat(told("gpu", "--help")).isEqualTo("[--help]");
        assertThat(told("gpu", "devices")).isEqualTo("[devices]");
        List<String> words =
                List.of("run", "xpcs", "--in", "a b.h5", "--state=x", "-h", "--avg_frame", "-1", "--", "@file");
        assertThat(told(java.util.stream.Stream.concat(java.util.stream.Stream.of("gpu"), words.stream())
                        .toArray(String[]::new)))
                .isEqualTo(words.toString());
    }
}
