package org.lightpipe.transfer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.lightpipe.config.Digest;

class DigestsTest {

    private static final Set<Digest> ALL = EnumSet.allOf(Digest.class);

    /** From FIPS 180-4, RFC 1321, the test vectors of BLAKE3 and of xxHash. */
    @Test
    void knowsTheAnswersOfTheStandards() {
        assertThat(of("abc"))
                .containsEntry(Digest.SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
                .containsEntry(Digest.MD5, "900150983cd24fb0d6963f7d28e17f72")
                .containsEntry(Digest.BLAKE3, "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85")
                .containsEntry(Digest.XXH3, "78af5f94892f3950");
        assertThat(of(""))
                .containsEntry(Digest.SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
                .containsEntry(Digest.MD5, "d41d8cd98f00b204e9800998ecf8427e")
                .containsEntry(Digest.BLAKE3, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262")
                .containsEntry(Digest.XXH3, "2d06800538d394c2");
    }

    @Test
    void takesSha256WhateverIsAsked() {
        assertThat(new Digests(Set.of(Digest.MD5)).result()).containsOnlyKeys(Digest.SHA256, Digest.MD5);
        assertThat(new Digests(Set.of()).result()).containsOnlyKeys(Digest.SHA256);
    }

    @Test
    void startsAgainAfterAResultAndAfterAReset() {
        Digests digests = new Digests(ALL);
        digests.update("left over".getBytes(US_ASCII), 0, 9);
        digests.reset();
        Map<Digest, String> first = of(digests, "abc");
        assertThat(of(digests, "abc")).isEqualTo(first).isEqualTo(of("abc"));
    }

    @Property(tries = 200)
    void piecesDoNotMatter(
            @ForAll long seed,
            @ForAll @IntRange(max = 5000) int size,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 2000) Integer> pieces) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        Digests whole = new Digests(ALL);
        whole.update(bytes, 0, size);
        Digests inPieces = new Digests(ALL);
        int at = 0;
        for (int piece : pieces) {
            int length = Math.min(piece, size - at);
            inPieces.update(bytes, at, length);
            at += length;
        }
        inPieces.update(bytes, at, size - at);
        assertThat(inPieces.result()).isEqualTo(whole.result());
    }

    private static Map<Digest, String> of(String text) {
        return of(new Digests(ALL), text);
    }

    private static Map<Digest, String> of(Digests digests, String text) {
        byte[] bytes = text.getBytes(US_ASCII);
        digests.update(bytes, 0, bytes.length);
        return digests.result();
    }
}
