package org.lightpipe.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class ReasonTest {

    @Test
    void saysWhatHappenedToWhat() {
        IOException cause = new IOException("No such file");
        assertThat(Reason.of(new IOException("Cannot rename a to b: No such file", cause)))
                .isEqualTo("Cannot rename a to b: No such file");
        assertThat(Reason.of(new IOException("Cannot rename a to b", cause)))
                .isEqualTo("Cannot rename a to b: No such file");
    }

    @Test
    void leavesOutWrappersThatSayNothing() {
        assertThat(Reason.of(new UncheckedIOException(new IOException("No space left on device"))))
                .isEqualTo("No space left on device");
    }
}
