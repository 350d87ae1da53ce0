package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What the decoders of chunks make of what a plain encoder made, and of anything else. */
class DecodersTest {

    private static final int AT = 3;

    /** Values with some repetition in them, as detectors have it. */
    @Provide
    Arbitrary<byte[]> values() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 6000),
                        Arbitraries.integers().between(1, 256),
                        Arbitraries.longs())
                .as((length, kinds, seed) -> {
                    Random random = new Random(seed);
                    byte[] bytes = new byte[length];
                    for (int i = 0; i < length; i++) {
                        bytes[i] = (byte) random.nextInt(kinds);
                        if (i > 40 && random.nextInt(30) == 0) {
                            int run = Math.min(length - i, 3 + random.nextInt(300));
                            int back = 1 + random.nextInt(Math.min(i, 5000));
                            for (int j = 0; j < run; j++) {
                                bytes[i + j] = bytes[i + j - back];
                            }
                            i += run - 1;
                        }
                    }
                    return bytes;
                });
    }

    private interface Decoder {
        int decode(byte[] from, int at, int length, byte[] to, int toAt, int room);
    }

    /** Decodes in the middle of other bytes, none of which changes. */
    private static void assertDecodes(byte[] stored, byte[] values, Decoder decoder) {
        byte[] from = new byte[stored.length + 2 * AT];
        System.arraycopy(stored, 0, from, AT, stored.length);
        byte[] to = new byte[values.length + 2 * AT];
        Arrays.fill(to, (byte) 77);
        assertThat(decoder.decode(from, AT, stored.length, to, AT, values.length))
                .isEqualTo(values.length);
        assertThat(Arrays.mismatch(Arrays.copyOfRange(to, AT, AT + values.length), values))
                .isEqualTo(-1);
        for (int i = 0; i < AT; i++) {
            assertThat(to[i]).isEqualTo((byte) 77);
            assertThat(to[to.length - 1 - i]).isEqualTo((byte) 77);
        }
    }

    @Property(tries = 300)
    void lzf(@ForAll("values") byte[] values) {
        assertDecodes(lzfEncoded(values), values, Lzf::decode);
    }

    /** As simple as it can be: the longest match at the last place that begins with the same three bytes. */
    private static byte[] lzfEncoded(byte[] values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        java.util.Map<Integer, Integer> last = new java.util.HashMap<>();
        int literals = 0;
        int at = 0;
        while (at < values.length) {
            Integer match = null;
            if (at + 2 < values.length) {
                int key = values[at] << 16 ^ (values[at + 1] & 0xff) << 8 ^ values[at + 2] & 0xff;
                match = last.put(key, at);
            }
            if (match != null && at - match <= 8192) {
                int run = 0;
                while (run < 264 && at + run < values.length && values[match + run] == values[at + run]) {
                    run++;
                }
                if (run >= 3) {
                    flush(out, values, at - literals, literals);
                    literals = 0;
                    int offset = at - match - 1;
                    int length = run - 2;
                    if (length < 7) {
                        out.write(length << 5 | offset >> 8);
                    } else {
                        out.write(7 << 5 | offset >> 8);
                        out.write(length - 7);
                    }
                    out.write(offset & 0xff);
                    at += run;
                    continue;
                }
            }
            at++;
            literals++;
        }
        flush(out, values, at - literals, literals);
        return out.toByteArray();
    }

    private static void flush(ByteArrayOutputStream out, byte[] values, int from, int count) {
        for (int done = 0; done < count; done += 32) {
            int some = Math.min(32, count - done);
            out.write(some - 1);
            out.write(values, from + done, some);
        }
    }

    @Property(tries = 300)
    void lz4(@ForAll("values") byte[] values, @ForAll @IntRange(min = 1, max = 7000) int block) {
        ByteBuffer out = ByteBuffer.allocate(12 + 5 * values.length + 2000);
        out.putLong(values.length).putInt(block);
        for (int done = 0; done < values.length; done += block) {
            int some = Math.min(block, values.length - done);
            byte[] stored = compressed(values, done, some);
            if (stored.length >= some) {
                stored = Arrays.copyOfRange(values, done, done + some);
            }
            out.putInt(stored.length).put(stored);
        }
        assertDecodes(Arrays.copyOf(out.array(), out.position()), values, Lz4::decode);
    }

    private static byte[] compressed(byte[] values, int from, int count) {
        return LZ4Factory.safeInstance().fastCompressor().compress(values, from, count);
    }

    @Property(tries = 400)
    void bitshuffle(
            @ForAll("values") byte[] some,
            @ForAll @IntRange(min = 1, max = 17) int size,
            @ForAll @IntRange(min = 0, max = 60) int eights,
            @ForAll boolean compress) {
        byte[] values = Arrays.copyOf(some, some.length / size * size);
        int block = 8 * eights == 0 ? Math.max(128, 8192 / size / 8 * 8) : 8 * eights;
        FilterPipeline.Filter filter = new FilterPipeline.Filter(
                FilterPipeline.BITSHUFFLE, new int[] {0, 2, size, 8 * eights, compress ? 2 : 0});
        byte[] stored = bitshuffled(values, size, block, compress);
        Bitshuffle decoder = new Bitshuffle();
        assertDecodes(
                stored,
                values,
                (from, at, length, to, toAt, room) -> decoder.decode(filter, from, at, length, to, toAt, room));
    }

    /** Bit by bit, as the format is described. */
    private static byte[] bitshuffled(byte[] values, int size, int block, boolean compress) {
        int elements = values.length / size;
        ByteBuffer out = ByteBuffer.allocate(100 + 5 * values.length + elements);
        if (compress) {
            out.putLong(values.length).putInt(block * size);
        }
        int done = 0;
        while (elements - done >= 8) {
            int some = Math.min(block, (elements - done) / 8 * 8);
            byte[] planes = new byte[some * size];
            for (int i = 0; i < some; i++) {
                for (int j = 0; j < size; j++) {
                    for (int bit = 0; bit < 8; bit++) {
                        int value = values[(done + i) * size + j] >> bit & 1;
                        planes[(8 * j + bit) * (some / 8) + i / 8] |= (byte) (value << i % 8);
                    }
                }
            }
            if (compress) {
                byte[] stored = compressed(planes, 0, planes.length);
                out.putInt(stored.length).put(stored);
            } else {
                out.put(planes);
            }
            done += some;
        }
        out.put(values, done * size, values.length - done * size);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Property(tries = 300)
    void shuffle(@ForAll("values") byte[] some, @ForAll @IntRange(min = 1, max = 17) int size) {
        byte[] values = Arrays.copyOf(some, some.length / size * size);
        assertDecodes(
                Shuffle.encode(values, size),
                values,
                (from, at, length, to, toAt, room) -> Shuffle.decode(from, at, length, to, toAt, room, size));
    }

    @Property(tries = 200)
    void aChecksumSeesEveryByte(@ForAll("values") byte[] values, @ForAll @IntRange(min = 0, max = 6003) int where) {
        byte[] stored = Arrays.copyOf(values, values.length + 4);
        int sum = Fletcher32.sum(values, 0, values.length);
        for (int i = 0; i < 4; i++) {
            stored[values.length + i] = (byte) (sum >>> 8 * i);
        }
        assertThat(Fletcher32.verify(stored, 0, stored.length)).isEqualTo(values.length);
        stored[where % stored.length] ^= 0x10;
        assertThatThrownBy(() -> Fletcher32.verify(stored, 0, stored.length)).isInstanceOf(Refusal.class);
    }

    @Property(tries = 2000)
    void anythingElseIsRefused(@ForAll byte[] stored, @ForAll @IntRange(min = 0, max = 100) int room) {
        FilterPipeline.Filter filter = new FilterPipeline.Filter(FilterPipeline.BITSHUFFLE, new int[] {0, 2, 2, 0, 2});
        byte[] to = new byte[room];
        for (Decoder decoder : new Decoder[] {
            Lzf::decode,
            Lz4::decode,
            (from, at, length, target, toAt, most) ->
                    new Bitshuffle().decode(filter, from, at, length, target, toAt, most)
        }) {
            try {
                assertThat(decoder.decode(stored, 0, stored.length, to, 0, room))
                        .isBetween(0, room);
            } catch (Refusal e) {
                assertThat(e).hasMessageContaining("chunk");
            }
        }
    }

    @Example
    void theHashIsJenkins() {
        // from the end of his lookup3.c: hashlittle("Four score and seven years ago", 0)
        byte[] bytes = "Four score and seven years ago".getBytes(StandardCharsets.US_ASCII);
        assertThat(Lookup3.hash(bytes, 0, bytes.length)).isEqualTo(0x17770551);
        assertThat(Lookup3.hash(bytes, 0, 0)).isEqualTo(0xdeadbeef);
    }

    @Property
    void halves(@ForAll short bits) {
        float value = Elements.half(bits);
        int exponent = bits >> 10 & 31;
        double expected = exponent == 31
                ? (bits & 0x3ff) == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                : exponent == 0
                        ? (bits & 0x3ff) * Math.pow(2, -24)
                        : (1 + (bits & 0x3ff) / 1024.0) * Math.pow(2, exponent - 15);
        assertThat(Double.compare(value, bits < 0 ? -expected : expected)).isZero();
    }
}
