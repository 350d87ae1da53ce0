package org.lightpipe.gpu.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Mark;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;

/** Every part of the interface, on every kind of device that is there. */
class DeviceTest {

    private static final long MIB = 1 << 20;

    private static Loan borrow(String backend) throws IOException, InterruptedException {
        return TestDevices.borrow(backend, 32 * MIB);
    }

    private static Device device(Loan loan) {
        return loan.compute().device().orElseThrow();
    }

    private static Kernel kernel(Device device, String name) throws DeviceException {
        return device.program(DeviceTest.class, "basics").kernel(name);
    }

    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void saysWhatItIs(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            assertThat(loan.compute().backend()).isEqualTo(backend);
            assertThat(device.backend()).isEqualTo(backend);
            assertThat(device.name()).isNotBlank();
            assertThat(device.largestGroup()).isEqualTo(256);
            assertThat(device.largestBuffer()).isGreaterThanOrEqualTo(128 * MIB);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void memoryIsCountedAgainstTheLoan(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            assertThat(device.available()).isEqualTo(32 * MIB);
            Buffer first = device.allocate(20 * MIB);
            assertThat(first.bytes()).isEqualTo(20 * MIB);
            assertThat(device.available()).isEqualTo(12 * MIB);
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> device.allocate(12 * MIB + 1))
                    .withMessageContaining(device.name())
                    .withMessageContaining("20 MiB of the 32 MiB lent to the job are allocated")
                    .satisfies(e -> assertThat(e.deviceIsBroken()).isFalse());
            Buffer second = device.allocate(12 * MIB);
            assertThat(device.available()).isZero();
            first.close();
            first.close();
            assertThat(device.available()).isEqualTo(20 * MIB);
            second.close();
            assertThat(device.available()).isEqualTo(32 * MIB);
            try (Buffer empty = device.allocate(0)) {
                assertThat(empty.bytes()).isEqualTo(4);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> device.allocate(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> device.staging(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void everyByteSurvivesTheWayThereAndBack(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            int bytes = 3 * (1 << 20) + 5;
            StagingBuffer out = device.staging(bytes);
            StagingBuffer back = device.staging(bytes);
            assertThat(out.bytes()).isSameAs(out.bytes());
            assertThat(out.bytes().isDirect()).isTrue();
            assertThat(out.bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(out.bytes().capacity()).isEqualTo(bytes);
            for (int i = 0; i < bytes; i++) {
                out.bytes().put(i, (byte) (i * 31 >> 3));
            }
            // where the reader has put its position means nothing
            out.bytes().position(77);
            Buffer buffer = device.allocate(bytes);
            try (Stream stream = device.stream()) {
                stream.upload(out, 0, buffer, 0, bytes);
                stream.download(buffer, 0, back, 0, bytes);
                stream.finish();
                assertThat(back.bytes().clear()).isEqualTo(out.bytes().clear());
                // a part of one to a part of the other
                stream.upload(out, 1000, buffer, 3, 500);
                stream.download(buffer, 0, back, 7, 600);
                stream.finish();
                ByteBuffer expected = ByteBuffer.allocate(600);
                expected.put(0, out.bytes(), 0, 3)
                        .put(3, out.bytes(), 1000, 500)
                        .put(503, out.bytes(), 503, 97);
                assertThat(back.bytes().slice(7, 600)).isEqualTo(expected);
                // nothing at all is no error
                stream.upload(out, bytes, buffer, bytes, 0);
                stream.download(buffer, bytes, back, bytes, 0);
                stream.finish();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void arraysOfAnySizeAreCopied(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            try (Stream stream = device.stream()) {
                for (int count : new int[] {0, 1, 1000, 262_144, 700_001}) {
                    try (Buffer buffer = device.allocate(4L * count + 8)) {
                        float[] values = ramp(count);
                        float[] back = new float[count];
                        stream.upload(values, buffer, 8);
                        stream.download(buffer, 8, back);
                        assertThat(back).isEqualTo(values);
                        int[] numbers = IntStream.range(0, count)
                                .map(i -> Float.floatToIntBits(i * 0.5f))
                                .toArray();
                        stream.upload(numbers, buffer, 4);
                        stream.download(buffer, 4, back);
                        for (int i = 0; i < count; i++) {
                            assertThat(back[i]).isEqualTo(i * 0.5f);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void copiesBeyondTheEndAreRefused(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Buffer buffer = device.allocate(100);
            StagingBuffer staging = device.staging(100);
            try (Stream stream = device.stream()) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> stream.upload(staging, 1, buffer, 0, 100))
                        .withMessage("100 bytes from 1 do not lie within a staging buffer of 100");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> stream.upload(staging, 0, buffer, 1, 100))
                        .withMessage("100 bytes from 1 do not lie within a buffer of 100");
                assertThatIllegalArgumentException().isThrownBy(() -> stream.download(buffer, -1, staging, 0, 10));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> stream.download(buffer, 0, staging, Long.MAX_VALUE, 10));
                assertThatIllegalArgumentException().isThrownBy(() -> stream.upload(new float[26], buffer, 0));
                assertThatIllegalArgumentException().isThrownBy(() -> stream.upload(new int[25], buffer, 4));
                assertThatIllegalArgumentException().isThrownBy(() -> stream.download(buffer, 4, new float[25]));
                assertThatIllegalArgumentException().isThrownBy(() -> stream.zero(buffer, 0, 104));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> stream.zero(buffer, 2, 4))
                        .withMessageContaining("not whole words of four");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void zerosGoWhereTheyShould(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Buffer buffer = device.allocate(4000);
            try (Stream stream = device.stream()) {
                stream.upload(ramp(1000), buffer, 0);
                stream.zero(buffer, 40, 400);
                stream.zero(buffer, 2000, 0);
                float[] back = new float[1000];
                stream.download(buffer, 0, back);
                for (int i = 0; i < 1000; i++) {
                    assertThat(back[i]).isEqualTo(i >= 10 && i < 110 ? 0 : i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void aKernelRunsOverEverythingAndNothingElse(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Kernel scale = kernel(device, "scale");
            Buffer buffer = device.allocate(4 * 1100);
            try (Stream stream = device.stream()) {
                stream.upload(ramp(1100), buffer, 0);
                scale.launch(stream, Size.of(1001, 64), buffer, 2f, 1001);
                scale.launch(stream, Size.of(0, 64), buffer, 1000f, 1001);
                float[] back = new float[1100];
                stream.download(buffer, 0, back);
                for (int i = 0; i < 1100; i++) {
                    assertThat(back[i]).isEqualTo(i < 1001 ? 2 * i : i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void everyPlaceOfTwoAndThreeDimensionsIsRunOnce(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Kernel places = kernel(device, "places");
            try (Stream stream = device.stream()) {
                for (Size size : List.of(
                        Size.of(37, 1),
                        Size.of(37, 21, 16, 8),
                        new Size(13, 7, 5, 4, 4, 2),
                        new Size(1, 1, 9, 1, 1, 3))) {
                    int count = (int) (size.x() * size.y() * size.z());
                    try (Buffer buffer = device.allocate(4L * count);
                            StagingBuffer back = device.staging(4 * count)) {
                        stream.zero(buffer, 0, 4L * count);
                        places.launch(stream, size, buffer, (int) size.x(), (int) size.y(), (int) size.z());
                        stream.download(buffer, 0, back, 0, 4L * count);
                        stream.finish();
                        for (int i = 0; i < count; i++) {
                            assertThat(back.bytes().getInt(4 * i)).isEqualTo(i);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void argumentsOfEveryTypeArrive(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Kernel sum = kernel(device, "sum_of_all");
            Buffer result = device.allocate(4);
            Buffer last = device.allocate(4);
            try (Stream stream = device.stream()) {
                stream.upload(new float[] {0.0625f}, last, 0);
                sum.launch(stream, Size.of(1, 1), result, -3, 0.5f, 0.25, 7L << 32, last);
                float[] back = new float[1];
                stream.download(result, 0, back);
                assertThat(back[0]).isEqualTo(-3 + 0.5f + 0.25f + 7 + 0.0625f);

                assertThatIllegalArgumentException()
                        .isThrownBy(() -> sum.launch(stream, Size.of(1, 1), result, -3))
                        .withMessage("kernel sum_of_all takes 6 arguments, but 2 are given");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> sum.launch(stream, Size.of(1, 1), result, -3, 0.5f, 0.25f, 7L, last))
                        .withMessageContaining("kernel sum_of_all, argument 3");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> sum.launch(stream, Size.of(1, 1), result, "-3", 0.5f, 0.25, 7L, last))
                        .withMessageContaining("argument 1");
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> sum.launch(stream, Size.of(1, 1), result, -3, 0.5f, 0.25, 7, last))
                        .withMessageContaining("argument 4");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void groupsWorkTogether(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Kernel sums = kernel(device, "group_sums");
            int count = 10_000;
            int groups = 40;
            Buffer values = device.allocate(4L * count);
            Buffer result = device.allocate(4L * groups);
            Buffer largest = device.allocate(4);
            StagingBuffer back = device.staging(4 * groups + 4);
            try (Stream stream = device.stream()) {
                stream.upload(IntStream.range(0, count).toArray(), values, 0);
                stream.zero(largest, 0, 4);
                sums.launch(stream, Size.of(count, 256), values, result, largest, count);
                stream.download(result, 0, back, 0, 4L * groups);
                stream.download(largest, 0, back, 4L * groups, 4);
                stream.finish();
                int most = 0;
                for (int group = 0; group < groups; group++) {
                    int sum = IntStream.range(group * 256, Math.min(count, group * 256 + 256))
                            .sum();
                    assertThat(back.bytes().getInt(4 * group)).isEqualTo(sum);
                    most = Math.max(most, sum);
                }
                assertThat(back.bytes().getInt(4 * groups)).isEqualTo(most);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void theNamesOfFunctionsMeanTheSame(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Buffer in = device.allocate(4);
            Buffer out = device.allocate(64);
            try (Stream stream = device.stream()) {
                float x = 2.5f;
                stream.upload(new float[] {x}, in, 0);
                kernel(device, "functions").launch(stream, Size.of(1, 1), in, out);
                float[] back = new float[16];
                stream.download(out, 0, back);
                double[] expected = {
                    Math.sin(x),
                    Math.cos(x),
                    Math.sqrt(x),
                    2,
                    3,
                    2,
                    Math.sqrt(x),
                    Math.exp(x),
                    Math.log(x),
                    x * x * x,
                    Math.atan2(x, 2),
                    2 * x + 1,
                    1 + x + x,
                    1,
                    0,
                    x
                };
                for (int i = 0; i < 16; i++) {
                    assertThat((double) back[i]).isCloseTo(expected[i], within(1e-5));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void twoSourcesDoNotMixTheirNames(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Kernel scale = kernel(device, "scale");
            Kernel other = device.program(DeviceTest.class, "others").kernel("scale");
            Buffer buffer = device.allocate(8);
            try (Stream stream = device.stream()) {
                stream.upload(new float[] {1, 2}, buffer, 0);
                scale.launch(stream, Size.of(2, 2), buffer, 3f, 2);
                other.launch(stream, Size.of(2, 2), buffer, 3f, 2);
                float[] back = new float[2];
                stream.download(buffer, 0, back);
                assertThat(back).containsExactly(10, 19);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void marksOrderTheCommandsOfTwoQueues(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            int count = 200_000;
            Kernel iterate = kernel(device, "iterate");
            Kernel one = device.program(DeviceTest.class, "others").kernel("scale");
            Buffer slow = device.allocate(4L * count);
            StagingBuffer back = device.staging(4 * count);
            float[] start = new float[count];
            Arrays.fill(start, 0.5f);
            try (Stream first = device.stream();
                    Stream second = device.stream()) {
                for (int round = 0; round < 5; round++) {
                    first.upload(start, slow, 0);
                    iterate.launch(first, Size.of(count, 64), slow, 200, count);
                    try (Mark done = first.mark()) {
                        second.after(done);
                        one.launch(second, Size.of(count, 64), slow, 0f, count);
                        second.download(slow, 0, back, 0, 4L * count);
                        try (Mark copied = second.mark()) {
                            copied.await();
                            // a mark may be asked again
                            copied.await();
                            done.await();
                        }
                    }
                    // had the second not waited, the first would have made 0 of its 1, or overwritten it
                    for (int i = 0; i < count; i += 997) {
                        assertThat(back.bytes().getFloat(4 * i)).isEqualTo(1);
                    }
                    float[] after = new float[count];
                    first.download(slow, 0, after);
                    assertThat(after).containsOnly(1f);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void manyKernelsInManyThreadsKeepTheirArguments(String backend) throws Exception {
        TestDevices.pool(backend);
        List<CompletableFuture<Void>> jobs = new ArrayList<>();
        for (int job = 0; job < 4; job++) {
            float add = job;
            jobs.add(CompletableFuture.runAsync(() -> {
                try (Loan loan = TestDevices.borrow(backend, MIB)) {
                    Device device = device(loan);
                    Kernel other = device.program(DeviceTest.class, "others").kernel("scale");
                    Buffer buffer = device.allocate(4);
                    try (Stream stream = device.stream()) {
                        for (int round = 0; round < 20; round++) {
                            stream.upload(new float[] {add}, buffer, 0);
                            for (int i = 0; i < 100; i++) {
                                other.launch(stream, Size.of(1, 1), buffer, 1f, 1);
                            }
                            float[] back = new float[1];
                            stream.download(buffer, 0, back);
                            assertThat(back[0]).isEqualTo(add + 100);
                        }
                    }
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (CompletableFuture<Void> job : jobs) {
            job.get();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void kernelsAndTheirSecondsAreCounted(String backend) throws Exception {
        DevicePool pool = TestDevices.pool(backend);
        long kernels = kernels(pool);
        double seconds = seconds(pool);
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            Kernel iterate = kernel(device, "iterate");
            Buffer buffer = device.allocate(4 * 100_000);
            try (Stream stream = device.stream()) {
                stream.upload(new float[100_000], buffer, 0);
                long start = System.nanoTime();
                for (int i = 0; i < 1500; i++) {
                    iterate.launch(stream, Size.of(100_000, 64), buffer, 20, 100_000);
                }
                stream.finish();
                double wall = (System.nanoTime() - start) / 1e9;
                assertThat(kernels(pool) - kernels).isEqualTo(1500);
                assertThat(seconds(pool) - seconds).isGreaterThan(0.1 * wall).isLessThan(1.1 * wall);
            }
        }
    }

    private static long kernels(DevicePool pool) {
        return pool.devices().stream().mapToLong(ManagedDevice::getKernels).sum();
    }

    private static double seconds(DevicePool pool) {
        return pool.devices().stream()
                .mapToDouble(ManagedDevice::getSecondsBusy)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void whatIsClosedIsNotUsedAgain(String backend) throws Exception {
        Loan loan = borrow(backend);
        Device device = device(loan);
        Kernel scale = kernel(device, "scale");
        Stream stream = device.stream();
        Buffer closed = device.allocate(40);
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> scale.launch(stream, Size.of(10, 10), closed, 1f, 10))
                .withMessage("a buffer of 40 bytes is closed");
        Buffer buffer = device.allocate(40);
        StagingBuffer staging = device.staging(40);
        Mark mark = stream.mark();
        loan.close();
        loan.close();
        assertThatIllegalStateException().isThrownBy(() -> stream.finish()).withMessage("a queue is closed");
        assertThatIllegalStateException().isThrownBy(staging::bytes);
        assertThatIllegalStateException().isThrownBy(mark::await);
        assertThatIllegalStateException()
                .isThrownBy(() -> device.allocate(4))
                .withMessage("the loan of the device has ended");
        assertThatIllegalStateException().isThrownBy(device::stream);
        assertThatIllegalStateException().isThrownBy(() -> device.staging(4));
        buffer.close();
        staging.close();
        mark.close();
        stream.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"opencl", "cuda"})
    void whatIsNotThereIsSaid(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> device.program(DeviceTest.class, "nothing"))
                    .withMessageContaining((backend.equals("cuda") ? "nothing.ptx" : "nothing.cu")
                            + " is missing beside org.lightpipe")
                    .satisfies(e -> assertThat(e.deviceIsBroken()).isFalse());
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> kernel(device, "nothing"))
                    .withMessageContaining("has no kernel nothing");
            try (Stream stream = device.stream();
                    Buffer buffer = device.allocate(4)) {
                Size size = Size.of(1, device.largestGroup() + 1);
                assertThatExceptionOfType(DeviceException.class)
                        .isThrownBy(() -> kernel(device, "scale").launch(stream, size, buffer, 1f, 1))
                        .withMessageContaining("the most is " + device.largestGroup());
            }
            assertThatIllegalArgumentException().isThrownBy(() -> Size.of(1, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> Size.of(-1, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "opencl")
    void theCompilersWordsAreInTheError(String backend) throws Exception {
        try (Loan loan = borrow(backend)) {
            Device device = device(loan);
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> device.program(DeviceTest.class, "does-not-compile"))
                    .withMessageContaining(device.name())
                    .withMessageContaining("does-not-compile.cu does not compile")
                    .withMessageContaining("not_declared")
                    // the line in the source, not behind the header
                    .withMessageContaining("does-not-compile.cu:2:")
                    .satisfies(e -> assertThat(e.deviceIsBroken()).isFalse());
            // and the device still works
            kernel(device, "scale");
        }
    }
}
