package org.lightpipe.gpu.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jpountz.lz4.LZ4Factory;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.device.TestDevices;

class BitshuffleLz4Test {

    /** Counts of a detector: small numbers, the largest here and there. */
    private static byte[] counts(long seed, int elements, int size) {
        Random random = new Random(seed);
        byte[] values = new byte[elements * size];
        for (int i = 0; i < elements; i++) {
            if (random.nextInt(50) == 0) {
                Arrays.fill(values, i * size, (i + 1) * size, (byte) 0xff);
            } else {
                values[i * size] = (byte) random.nextInt(5);
            }
        }
        return values;
    }

    @Property(tries = 200)
    void whatGoesInComesOut(
            @ForAll @IntRange(min = 0, max = 20_000) int elements,
            @ForAll @IntRange(min = 1, max = 9) int size,
            @ForAll long seed)
            throws Exception {
        byte[] values = counts(seed, elements, size);
        byte[] chunk = BitshuffleLz4.encode(values, size);
        assertThat(BitshuffleLz4.decode(chunk, size, values.length)).isEqualTo(values);
        byte[] noise = new byte[elements * size];
        new Random(seed).nextBytes(noise);
        assertThat(BitshuffleLz4.decode(BitshuffleLz4.encode(noise, size), size, noise.length))
                .isEqualTo(noise);
    }

    @Test
    void theLayoutIsThatOfTheFilter() {
        // 4096 elements of 2 bytes are a block; then 8 more, then 3 as they are
        byte[] values = counts(1, 4096 + 11, 2);
        ByteBuffer chunk = ByteBuffer.wrap(BitshuffleLz4.encode(values, 2));
        assertThat(chunk.getLong()).isEqualTo(values.length);
        assertThat(chunk.getInt()).isEqualTo(8192);
        int done = 0;
        for (int elements : new int[] {4096, 8}) {
            byte[] compressed = new byte[chunk.getInt()];
            chunk.get(compressed);
            byte[] planes = LZ4Factory.safeInstance().fastDecompressor().decompress(compressed, 2 * elements);
            for (int i = 0; i < elements; i++) {
                for (int j = 0; j < 2; j++) {
                    for (int bit = 0; bit < 8; bit++) {
                        int plane = (8 * j + bit) * elements / 8;
                        assertThat(planes[plane + i / 8] >> i % 8 & 1).isEqualTo(values[2 * (done + i) + j] >> bit & 1);
                    }
                }
            }
            done += elements;
        }
        byte[] rest = new byte[6];
        chunk.get(rest);
        assertThat(rest).isEqualTo(Arrays.copyOfRange(values, values.length - 6, values.length));
        assertThat(chunk.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void devicesDecodeExactly(String backend) throws Exception {
        try (Loan loan = TestDevices.borrow(backend, 64 << 20)) {
            Device device = loan.compute().device().orElseThrow();
            DeviceBitshuffle bitshuffle = new DeviceBitshuffle(device);
            for (int size : new int[] {1, 2, 4, 8}) {
                for (int elements : new int[] {5, 8, 4096, 10_007}) {
                    List<byte[]> chunks = new ArrayList<>();
                    ByteBuffer expected = ByteBuffer.allocate(3 * elements * size);
                    for (int i = 0; i < 3; i++) {
                        byte[] values = counts(i, elements, size);
                        if (i == 1) {
                            new Random(i).nextBytes(values);
                        }
                        chunks.add(BitshuffleLz4.encode(values, size));
                        expected.put(values);
                    }
                    assertThat(decode(device, bitshuffle, chunks, size, elements * size))
                            .isEqualTo(expected.array());
                }
            }
        }
    }

    private static byte[] decode(Device device, DeviceBitshuffle bitshuffle, List<byte[]> chunks, int size, int bytes)
            throws Exception {
        int total = chunks.size() * bytes;
        try (Stream stream = device.stream();
                Buffer values = device.allocate(total);
                StagingBuffer out = device.staging(total)) {
            bitshuffle.decode(stream, chunks, size, bytes, values);
            stream.download(values, 0, out, 0, total);
            stream.finish();
            byte[] all = new byte[total];
            out.bytes().get(0, all);
            return all;
        }
    }

    @Test
    void damagedChunksAreRefused() throws Exception {
        byte[] values = counts(1, 5000, 2);
        byte[] good = BitshuffleLz4.encode(values, 2);
        Random random = new Random(4);
        for (int length = 0; length < good.length; length += 1 + random.nextInt(40)) {
            byte[] cut = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> BitshuffleLz4.decode(cut, 2, values.length))
                    .isInstanceOf(InvalidInputException.class);
        }
        for (int i = 0; i < 2000; i++) {
            byte[] wrong = good.clone();
            wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(BitshuffleLz4.decode(wrong, 2, values.length)).hasSizeLessThanOrEqualTo(values.length);
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageStartingWith("a compressed chunk");
            }
        }
        assertThatThrownBy(() -> BitshuffleLz4.decode(good, 2, values.length - 2))
                .hasMessageContaining("says that it has 10000 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void devicesRefuseDamagedChunks(String backend) throws Exception {
        byte[] values = counts(1, 5000, 2);
        byte[] good = BitshuffleLz4.encode(values, 2);
        Random random = new Random(6);
        try (Loan loan = TestDevices.borrow(backend, 16 << 20)) {
            Device device = loan.compute().device().orElseThrow();
            DeviceBitshuffle bitshuffle = new DeviceBitshuffle(device);
            int refused = 0;
            for (int i = 0; i < 60; i++) {
                byte[] wrong = good.clone();
                for (int j = 0; j < 20; j++) {
                    wrong[BitshuffleLz4.HEADER_BYTES + random.nextInt(wrong.length - BitshuffleLz4.HEADER_BYTES)] =
                            (byte) random.nextInt(256);
                }
                try {
                    decode(device, bitshuffle, List.of(wrong), 2, values.length);
                } catch (InvalidInputException e) {
                    refused++;
                }
            }
            assertThat(refused).isGreaterThan(30);
            // and the device still works
            assertThat(decode(device, bitshuffle, List.of(good), 2, values.length))
                    .isEqualTo(values);
        }
    }
}
