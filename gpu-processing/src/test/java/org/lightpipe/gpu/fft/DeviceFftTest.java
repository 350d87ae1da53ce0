package org.lightpipe.gpu.fft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.jtransforms.fft.DoubleFFT_1D;
import org.jtransforms.fft.DoubleFFT_2D;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.Loan;
import org.lightpipe.gpu.device.TestDevices;
import org.visnow.jlargearrays.ConcurrencyUtils;

/** Compared with JTransforms in double precision. */
class DeviceFftTest {

    private static final long LOAN = 128 << 20;

    @BeforeAll
    static void oneThread() {
        ConcurrencyUtils.setNumberOfThreads(1);
    }

    private static float[] noise(int values, long seed) {
        Random random = new Random(seed);
        float[] noise = new float[values];
        for (int i = 0; i < values; i++) {
            noise[i] = (float) random.nextGaussian();
        }
        return noise;
    }

    private static double[] part(float[] values, int from, int count) {
        double[] part = new double[count];
        for (int i = 0; i < count; i++) {
            part[i] = values[from + i];
        }
        return part;
    }

    /** Both the sum of squares and the largest difference, relative to what is expected. */
    private static void assertClose(float[] actual, int from, double[] expected, int length) {
        double sum = 0;
        double difference = 0;
        double largest = 0;
        double largestDifference = 0;
        for (int i = 0; i < expected.length; i++) {
            double d = actual[from + i] - expected[i];
            sum += expected[i] * expected[i];
            difference += d * d;
            largest = Math.max(largest, Math.abs(expected[i]));
            largestDifference = Math.max(largestDifference, Math.abs(d));
        }
        double allowed = 1e-6 * Math.log(length) / Math.log(2);
        assertThat(Math.sqrt(difference / sum)).as("length %d", length).isLessThan(allowed);
        assertThat(largestDifference / largest).as("length %d", length).isLessThan(allowed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void everyLengthAgreesWithTheLibrary(String backend) throws Exception {
        for (int length = 2; length <= 65_536; length *= 2) {
            try (Loan loan = TestDevices.borrow(backend, LOAN)) {
                Device device = loan.compute().device().orElseThrow();
                // not a whole number of groups, and for long ones more than fits between the passes
                int batch = length == 65_536 ? 35 : length > 2048 ? 3 : Math.max(3, 2048 / length + 1);
                float[] values = noise(2 * length * batch, length);
                float[] result = new float[values.length];
                DoubleFFT_1D library = new DoubleFFT_1D(length);
                Buffer data = device.allocate(4L * values.length);
                long before = device.available();
                try (Stream stream = device.stream();
                        DeviceFft fft = new DeviceFft(device, length)) {
                    assertThat(before - device.available()).isEqualTo(DeviceFft.bytes(length, batch));
                    stream.upload(values, data, 0);
                    fft.forward(stream, data, batch);
                    stream.download(data, 0, result);
                    for (int b = 0; b < batch; b++) {
                        double[] expected = part(values, 2 * length * b, 2 * length);
                        library.complexForward(expected);
                        assertClose(result, 2 * length * b, expected, length);
                    }
                    stream.upload(values, data, 0);
                    fft.inverse(stream, data, batch);
                    stream.download(data, 0, result);
                    for (int b = 0; b < batch; b++) {
                        double[] expected = part(values, 2 * length * b, 2 * length);
                        library.complexInverse(expected, false);
                        assertClose(result, 2 * length * b, expected, length);
                    }
                }
                assertThat(device.available()).isEqualTo(before);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "opencl,2,3",
        "opencl,4,2",
        "opencl,8,5",
        "opencl,16,3",
        "opencl,32,2",
        "opencl,128,1",
        "opencl,256,2",
        "opencl,512,2",
        "opencl,1024,1",
        "cuda,2,3",
        "cuda,8,5",
        "cuda,16,3",
        "cuda,256,2",
        "cuda,512,2",
        "cuda,1024,1"
    })
    void imagesAgreeWithTheLibrary(String backend, int length, int batch) throws Exception {
        try (Loan loan = TestDevices.borrow(backend, LOAN)) {
            Device device = loan.compute().device().orElseThrow();
            int size = 2 * length * length;
            float[] values = noise(size * batch, length);
            float[] result = new float[values.length];
            DoubleFFT_2D library = new DoubleFFT_2D(length, length);
            Buffer data = device.allocate(4L * values.length);
            try (Stream stream = device.stream();
                    DeviceFft fft = new DeviceFft(device, length)) {
                stream.upload(values, data, 0);
                fft.forward2d(stream, data, batch);
                stream.download(data, 0, result);
                for (int b = 0; b < batch; b++) {
                    double[] expected = part(values, size * b, size);
                    library.complexForward(expected);
                    assertClose(result, size * b, expected, length * length);
                }
                stream.upload(values, data, 0);
                fft.inverse2d(stream, data, batch);
                stream.download(data, 0, result);
                for (int b = 0; b < batch; b++) {
                    double[] expected = part(values, size * b, size);
                    library.complexInverse(expected, false);
                    assertClose(result, size * b, expected, length * length);
                }
            }
        }
    }

    /** An image of two factors has the product of their transforms, for images too large to compare whole. */
    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void imagesLongerThanAGroupHoldsAreTransformedToo(String backend) throws Exception {
        int length = 4096;
        float[] across = noise(2 * length, 1);
        float[] down = noise(2 * length, 2);
        double[] acrossTransformed = part(across, 0, 2 * length);
        double[] downTransformed = part(down, 0, 2 * length);
        new DoubleFFT_1D(length).complexForward(acrossTransformed);
        new DoubleFFT_1D(length).complexForward(downTransformed);
        try (Loan loan = TestDevices.borrow(backend, 200 << 20)) {
            Device device = loan.compute().device().orElseThrow();
            Buffer data = device.allocate(8L * length * length);
            float[] row = new float[2 * length];
            try (Stream stream = device.stream();
                    DeviceFft fft = new DeviceFft(device, length)) {
                for (int y = 0; y < length; y++) {
                    for (int x = 0; x < length; x++) {
                        row[2 * x] = across[2 * x] * down[2 * y] - across[2 * x + 1] * down[2 * y + 1];
                        row[2 * x + 1] = across[2 * x] * down[2 * y + 1] + across[2 * x + 1] * down[2 * y];
                    }
                    stream.upload(row, data, 8L * length * y);
                }
                fft.forward2d(stream, data, 1);
                for (int y = 0; y < length; y += 61) {
                    stream.download(data, 8L * length * y, row);
                    double[] expected = new double[2 * length];
                    for (int x = 0; x < length; x++) {
                        expected[2 * x] = acrossTransformed[2 * x] * downTransformed[2 * y]
                                - acrossTransformed[2 * x + 1] * downTransformed[2 * y + 1];
                        expected[2 * x + 1] = acrossTransformed[2 * x] * downTransformed[2 * y + 1]
                                + acrossTransformed[2 * x + 1] * downTransformed[2 * y];
                    }
                    assertClose(row, 0, expected, length * length);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void oneTransformServesSeveralQueues(String backend) throws Exception {
        int length = 8192;
        try (Loan loan = TestDevices.borrow(backend, LOAN)) {
            Device device = loan.compute().device().orElseThrow();
            float[] values = noise(2 * length * 20, 3);
            float[] first = new float[values.length];
            float[] second = new float[values.length];
            Buffer one = device.allocate(4L * values.length);
            Buffer other = device.allocate(4L * values.length);
            try (Stream left = device.stream();
                    Stream right = device.stream();
                    DeviceFft fft = new DeviceFft(device, length)) {
                left.upload(values, one, 0);
                right.upload(values, other, 0);
                for (int round = 0; round < 4; round++) {
                    fft.forward(left, one, 20);
                    fft.forward(right, other, 20);
                    fft.inverse(left, one, 20);
                    fft.inverse(right, other, 20);
                    // keep the numbers from growing
                    left.download(one, 0, first);
                    right.download(other, 0, second);
                    for (int i = 0; i < values.length; i++) {
                        first[i] /= length;
                        second[i] /= length;
                    }
                    left.upload(first, one, 0);
                    right.upload(second, other, 0);
                }
                assertThat(first).isEqualTo(second);
                assertClose(first, 0, part(values, 0, values.length), length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void whatCannotBeTransformedIsRefused(String backend) throws Exception {
        try (Loan loan = TestDevices.borrow(backend, LOAN)) {
            Device device = loan.compute().device().orElseThrow();
            for (int length : new int[] {-2, 0, 1, 3, 100, 131_072}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> new DeviceFft(device, length))
                        .withMessageContaining("power of two from 2 to 65536");
            }
            Buffer data = device.allocate(8 * 16 * 4);
            try (Stream stream = device.stream();
                    DeviceFft fft = new DeviceFft(device, 16)) {
                fft.forward(stream, data, 4);
                fft.forward(stream, data, 0);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> fft.forward(stream, data, 5))
                        .withMessageContaining("do not lie within a buffer of 512 bytes");
                assertThatIllegalArgumentException().isThrownBy(() -> fft.inverse2d(stream, data, 1));
                assertThatIllegalArgumentException().isThrownBy(() -> fft.inverse(stream, data, -1));
            }
        }
    }
}
