package org.lightpipe.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class Sha256Test {

    /** NIST's example for one block. */
    @Test
    void theExampleOfTheStandard() {
        assertThat(Sha256.of("abc".getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Property(tries = 50)
    void aStreamHasTheDigestAndSizeOfItsBytes(@ForAll @Size(max = 200_000) byte[] bytes) throws IOException {
        assertThat(Sha256.of(new ByteArrayInputStream(bytes)))
                .isEqualTo(new Sha256.Sum(Sha256.of(bytes), bytes.length));
    }

    @Test
    void anInterruptEndsIt() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Sha256.of(new ByteArrayInputStream(new byte[10])))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
