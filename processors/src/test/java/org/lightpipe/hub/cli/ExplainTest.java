package org.lightpipe.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.RuntimeCamelException;
import org.flywaydb.core.api.FlywayException;
import org.junit.jupiter.api.Test;
import org.lightpipe.core.InvalidInputException;

class ExplainTest {

    private static String explained(Exception failure) {
        StringWriter text = new StringWriter();
        Lightpipe.explain(failure, new PrintWriter(text));
        return text.toString().strip();
    }

    @Test
    void whatMayHappenIsToldWithoutAStackTrace() {
        assertThat(explained(new FlywayException("Validate failed:\n Migration checksum mismatch")))
                .isEqualTo("lightpipe: Validate failed: Migration checksum mismatch (the state directory was written"
                        + " by another version; start that version, or give another --state)");
        assertThat(explained(new RuntimeCamelException(new FailedToStartRouteException(
                        "transfer", "no such thread pool", new IllegalArgumentException("pool x")))))
                .startsWith("lightpipe: ")
                .contains("transfer")
                .contains("pool x")
                .doesNotContain("\tat ");
        assertThat(explained(InvalidInputException.of("form", "name", "is missing", "add it")))
                .isEqualTo("form: name: is missing (add it)");
        assertThat(explained(new IllegalStateException("another hub runs"))).isEqualTo("lightpipe: another hub runs");
    }

    @Test
    void whatNobodyForesawIsToldInFull() {
        assertThat(explained(new NullPointerException("x"))).contains("\tat ");
    }
}
