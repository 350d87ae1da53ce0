package org.lightpipe.gpu.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.Stream;

/** The pool over real devices: those of OpenCL, each found twice, so that there are two. */
class DevicePoolTest {

    private static final Duration NOT_LONG = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final List<DevicePool> pools = new ArrayList<>();

    @AfterEach
    void close() {
        pools.forEach(DevicePool::close);
    }

    private DevicePool pool(int devices) {
        TestDevices.pool("opencl");
        List<Accelerator> accelerators = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            accelerators.add(OpenClPlatforms.devices(missing -> {}).get(0));
        }
        return keep(new DevicePool(accelerators, Map.of()));
    }

    private DevicePool keep(DevicePool pool) {
        pools.add(pool);
        return pool;
    }

    private static Loan borrow(DevicePool pool, long least, long best, Duration patience)
            throws IOException, InterruptedException {
        return pool.borrow("opencl", least, best, TestDevices.threads(), patience);
    }

    private static Device device(Loan loan) {
        return loan.compute().device().orElseThrow();
    }

    @Test
    void theDevicesOfThisMachineAreFoundAndDescribed() {
        DevicePool pool = keep(DevicePool.discover());
        assertThat(pool.describe()).isNotEmpty().noneMatch(line -> line.contains("\n"));
        if (!Files.exists(Path.of("/dev/nvidiactl"))) {
            assertThat(pool.describe()).contains("cuda: no NVIDIA driver found: install one of version 525 or newer");
        }
        TestDevices.pool("opencl");
        assertThat(pool.devices()).anySatisfy(device -> {
            assertThat(device.getId()).isEqualTo("opencl-0");
            assertThat(device.getBackend()).isEqualTo("opencl");
            assertThat(device.getName()).isNotBlank();
            assertThat(device.getDriver()).isNotBlank();
            assertThat(device.getState()).isEqualTo("ready");
            assertThat(device.getMemoryTotal()).isGreaterThan(1 << 28);
            assertThat(device.getMemoryFree()).isLessThan(device.getMemoryTotal());
            assertThat(device.getMemoryUsed()).isZero();
        });
    }

    @Test
    void lookingForDevicesLeavesNoTraces() throws Exception {
        String temporary = System.getProperty("java.io.tmpdir");
        keep(DevicePool.discover());
        assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(temporary);
        try (java.util.stream.Stream<Path> files = Files.list(Path.of(temporary))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("libJCuda") || name.startsWith("libJOCL"));
        }
    }

    @Test
    void withoutADeviceJobsRunOnTheThreadsOfTheMachine() throws Exception {
        DevicePool none = keep(new DevicePool(
                List.of(), Map.of("cuda", List.of("no NVIDIA driver found"), "opencl", List.of("no OpenCL loader"))));
        for (String backend : List.of("auto", "java")) {
            try (Loan loan = none.borrow(backend, 1, 1, TestDevices.threads(), LONG)) {
                assertThat(loan.compute().backend()).isEqualTo("java");
                assertThat(loan.compute().device()).isEmpty();
                assertThat(loan.compute().threads()).isNotNull();
            }
        }
        assertThatThrownBy(() -> none.borrow("cuda", 1, 1, TestDevices.threads(), LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("backend=cuda, but no NVIDIA driver found; or use backend=java");
        assertThatThrownBy(() -> none.borrow("opencl", 1, 1, TestDevices.threads(), LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("backend=opencl, but no OpenCL loader; or use backend=java");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> none.borrow("rocm", 1, 1, TestDevices.threads(), LONG))
                .withMessage("backend=rocm, but it must be one of auto, cuda, opencl, java");
    }

    @Test
    void autoNeverTakesAProcessorAndJavaNeverADevice() throws Exception {
        DevicePool pool = pool(1);
        try (Loan loan = pool.borrow("java", 1, 1, TestDevices.threads(), LONG)) {
            assertThat(loan.compute().backend()).isEqualTo("java");
        }
        try (Loan loan = pool.borrow("auto", 1, 1, TestDevices.threads(), LONG)) {
            boolean processor = pool.devices().get(0).isProcessor();
            assertThat(loan.compute().backend()).isEqualTo(processor ? "java" : "opencl");
        }
    }

    @Test
    void memoryIsReservedBeforeItIsUsed() throws Exception {
        DevicePool pool = pool(1);
        ManagedDevice device = pool.devices().get(0);
        long all = device.getMemoryFree();
        Loan most = borrow(pool, all / 10 * 6, all / 10 * 6, LONG);
        assertThat(device.getMemoryUsed()).isEqualTo(all / 10 * 6);
        assertThat(device.getMemoryFree()).isEqualTo(all - all / 10 * 6);
        assertThat(device.getJobsRunning()).isEqualTo(1);
        assertThatThrownBy(() -> borrow(pool, all / 10 * 6, all / 10 * 6, NOT_LONG))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("no opencl device had ")
                .hasMessageContaining("free within 0 s: opencl-0 (" + device.getName() + ") is ready with 1 jobs");
        // what is left is less than what would be best
        try (Loan rest = borrow(pool, 1000, all, LONG)) {
            assertThat(device(rest).available()).isEqualTo(all - all / 10 * 6);
        }
        CompletableFuture<Loan> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return borrow(pool, all / 10 * 6, all, LONG);
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThatThrownBy(() -> waiting.get(200, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(device.getJobsWaiting()).isEqualTo(1);
        most.close();
        try (Loan next = waiting.get(10, TimeUnit.SECONDS)) {
            assertThat(device(next).available()).isEqualTo(all);
        }
        assertThat(device.getMemoryUsed()).isZero();
        assertThat(device.getJobsRunning()).isZero();
        assertThatThrownBy(() -> borrow(pool, all + 1, all + 1, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the job needs ")
                .hasMessageEndingWith("; or use backend=java");
    }

    @Test
    void jobsSpreadOverTheDevices() throws Exception {
        DevicePool pool = pool(2);
        try (Loan first = borrow(pool, 1000, 1000, LONG);
                Loan second = borrow(pool, 1000, 1000, LONG)) {
            assertThat(device(first)).isNotSameAs(device(second));
            assertThat(pool.devices())
                    .allSatisfy(device -> assertThat(device.getJobsRunning()).isEqualTo(1));
            assertThat(pool.devices().stream().map(ManagedDevice::getId)).containsExactly("opencl-0", "opencl-1");
        }
    }

    @Test
    void aDeviceThatFailedIsTakenOutAndTheNextJobGoesElsewhere() throws Exception {
        DevicePool pool = pool(2);
        ManagedDevice first = pool.devices().get(0);
        Loan loan = borrow(pool, 1000, 1000, LONG);
        assertThat(first.getJobsRunning()).isEqualTo(1);
        loan.failed(new DeviceException("it fell off the bus", true));
        assertThat(first.getState()).isEqualTo("out: it fell off the bus");
        assertThat(first.getLastFault()).isEqualTo("it fell off the bus");
        assertThat(first.getFaults()).isEqualTo(1);
        assertThatIllegalStateException()
                .isThrownBy(first::restore)
                .withMessageContaining("1 jobs still have it: wait until they have ended");
        loan.close();
        for (int i = 0; i < 3; i++) {
            try (Loan next = borrow(pool, 1000, 1000, LONG)) {
                assertThat(pool.devices().get(1).getJobsRunning()).isEqualTo(1);
                compute(next);
            }
        }
        first.restore();
        assertThat(first.getState()).isEqualTo("ready");
        assertThat(first.getLastFault()).isEqualTo("it fell off the bus");
        try (Loan again = borrow(pool, 1000, 1000, LONG)) {
            assertThat(first.getJobsRunning()).isEqualTo(1);
            compute(again);
        }
    }

    private static void compute(Loan loan) throws DeviceException {
        Device device = device(loan);
        try (Stream stream = device.stream();
                Buffer buffer = device.allocate(8)) {
            stream.upload(new float[] {1, 2}, buffer, 0);
            device.program(DeviceTest.class, "basics").kernel("scale").launch(stream, Size.of(2, 2), buffer, 3f, 2);
            float[] back = new float[2];
            stream.download(buffer, 0, back);
            assertThat(back).containsExactly(3, 6);
        }
    }

    @Test
    void tooLittleMemoryIsNoReasonToTakeADeviceOut() throws Exception {
        DevicePool pool = pool(1);
        ManagedDevice device = pool.devices().get(0);
        try (Loan loan = borrow(pool, 1000, 1000, LONG)) {
            assertThatThrownBy(() -> device(loan).allocate(1001)).isInstanceOfSatisfying(DeviceException.class, e -> {
                loan.failed(e);
            });
        }
        assertThat(device.getFaults()).isEqualTo(1);
        assertThat(device.getState()).isEqualTo("ready");
    }

    @Test
    void aDrainedDeviceFinishesItsJobsAndGetsNoMore() throws Exception {
        DevicePool pool = pool(1);
        ManagedDevice device = pool.devices().get(0);
        try (Loan loan = borrow(pool, 1000, 1000, LONG)) {
            device.drain();
            assertThat(device.getState()).isEqualTo("draining");
            compute(loan);
        }
        assertThat(device.getState()).isEqualTo("drained");
        assertThatThrownBy(() -> borrow(pool, 1000, 1000, LONG))
                .isInstanceOf(IOException.class)
                .hasMessage("no opencl device is lent at present, call the operation restore of one: opencl-0 ("
                        + device.getName() + ") is drained with 0 jobs; or use backend=java");
        device.restore();
        try (Loan loan = borrow(pool, 1000, 1000, LONG)) {
            compute(loan);
        }
    }

    @Test
    void drainingSendsThoseAwayWhoWait() throws Exception {
        DevicePool pool = pool(1);
        ManagedDevice device = pool.devices().get(0);
        long all = device.getMemoryFree();
        try (Loan loan = borrow(pool, all, all, LONG)) {
            assertThat(device(loan).available()).isEqualTo(all);
            CompletableFuture<Throwable> waiting = CompletableFuture.supplyAsync(() -> {
                try (Loan other = borrow(pool, all, all, LONG)) {
                    return new AssertionError(other.compute().backend());
                } catch (IOException | InterruptedException e) {
                    return e;
                }
            });
            while (device.getJobsWaiting() == 0) {
                Thread.onSpinWait();
            }
            device.drain();
            assertThat(waiting.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is draining with 1 jobs");
        }
    }

    @Test
    void aClosedPoolLendsNothingAndFreesItsDevices() throws Exception {
        DevicePool pool = pool(1);
        Loan loan = borrow(pool, 1000, 1000, LONG);
        pool.close();
        // the job that has it comes to its end
        compute(loan);
        assertThatThrownBy(() -> borrow(pool, 1000, 1000, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the component stops");
        loan.close();
        assertThatIllegalStateException().isThrownBy(() -> pool.devices().get(0).restore());
    }

    /** A real device that says it is a card in a slot: what only machines with such a card could show otherwise. */
    private record Card(Accelerator real, String backend, String slot) implements Accelerator {
        @Override
        public Description description() {
            Description known = real.description();
            return new Description(backend, known.name(), known.driver(), known.memory(), false, slot);
        }

        @Override
        public LentDevice lend(long bytes, Meter meter) throws DeviceException {
            return real.lend(bytes, meter);
        }

        @Override
        public void release() {
            real.release();
        }
    }

    private DevicePool cards(String... backendsAndSlots) {
        TestDevices.pool("opencl");
        List<Accelerator> accelerators = new ArrayList<>();
        for (String card : backendsAndSlots) {
            String[] parts = card.split(" ");
            accelerators.add(new Card(
                    OpenClPlatforms.devices(missing -> {}).get(0), parts[0], parts.length > 1 ? parts[1] : ""));
        }
        return keep(new DevicePool(accelerators, Map.of()));
    }

    private static Loan auto(DevicePool pool, long bytes, Duration patience) throws IOException, InterruptedException {
        return pool.borrow("auto", bytes, bytes, TestDevices.threads(), patience);
    }

    @Test
    void aCardUnderTwoInterfacesHasOneMemory() throws Exception {
        DevicePool pool = cards("cuda 0000:65:00", "opencl 0000:65:00", "opencl 0000:66:00");
        ManagedDevice cuda = pool.devices().get(0);
        ManagedDevice twin = pool.devices().get(1);
        ManagedDevice other = pool.devices().get(2);
        long all = cuda.getMemoryFree();
        try (Loan loan = auto(pool, all, LONG)) {
            assertThat(loan.compute().backend()).isEqualTo("cuda");
            assertThat(twin.getMemoryUsed()).isEqualTo(all);
            assertThat(other.getMemoryUsed()).isZero();
            // of the two interfaces of OpenCL only the other card has memory left, and auto takes it too
            try (Loan second = borrow(pool, 1000, 1000, LONG)) {
                assertThat(second.compute().backend()).isEqualTo("opencl");
                assertThat(other.getMemoryUsed()).isEqualTo(1000);
            }
            try (Loan second = auto(pool, 1000, LONG)) {
                assertThat(second.compute().backend()).isEqualTo("opencl");
                assertThat(other.getMemoryUsed()).isEqualTo(1000);
            }
            loan.failed(new DeviceException("it fell off the bus", true));
        }
        assertThat(twin.getState()).isEqualTo("out: it fell off the bus");
        assertThat(other.getState()).isEqualTo("ready");
        twin.restore();
        try (Loan loan = pool.borrow("cuda", 1000, 1000, TestDevices.threads(), LONG)) {
            compute(loan);
        }
    }

    @Test
    void autoRunsOnTheThreadsWhereNoDeviceWillDo() throws Exception {
        DevicePool pool = cards("opencl");
        ManagedDevice device = pool.devices().get(0);
        long all = device.getMemoryFree();
        try (Loan most = auto(pool, all, LONG)) {
            assertThat(most.compute().backend()).isEqualTo("opencl");
            try (Loan busy = auto(pool, 1000, NOT_LONG)) {
                assertThat(busy.compute().backend()).isEqualTo("java");
            }
        }
        try (Loan large = auto(pool, all + 1, LONG)) {
            assertThat(large.compute().backend()).isEqualTo("java");
        }
        device.drain();
        try (Loan drained = auto(pool, 1000, LONG)) {
            assertThat(drained.compute().backend()).isEqualTo("java");
        }
    }

    /** A device that cannot even be set up. */
    private record Dead(Accelerator real) implements Accelerator {
        @Override
        public Description description() {
            return real.description();
        }

        @Override
        public LentDevice lend(long bytes, Meter meter) throws DeviceException {
            throw new DeviceException("it does not answer", true);
        }

        @Override
        public void release() {}
    }

    @Test
    void aDeviceThatCannotBeSetUpIsPassedOver() throws Exception {
        TestDevices.pool("opencl");
        Accelerator real = OpenClPlatforms.devices(missing -> {}).get(0);
        DevicePool pool = keep(new DevicePool(List.of(new Dead(real), real), Map.of()));
        try (Loan loan = borrow(pool, 1000, 1000, LONG)) {
            compute(loan);
        }
        assertThat(pool.devices().get(0).getState()).isEqualTo("out: it does not answer");
        assertThat(pool.devices().get(0).getMemoryUsed()).isZero();
        DevicePool none = keep(new DevicePool(List.of(new Dead(real)), Map.of()));
        assertThatThrownBy(() -> borrow(none, 1000, 1000, LONG))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is out: it does not answer with 0 jobs; or use backend=java");
    }

    /** Contexts, queues, kernels and buffers live outside the heap, where nobody counts them. */
    @Test
    void poolsThatComeAndGoLeaveNoMemoryBehind() throws Exception {
        for (int i = 0; i < 5; i++) {
            comeAndGo();
        }
        long before = resident();
        for (int i = 0; i < 20; i++) {
            comeAndGo();
        }
        // of the buffers alone there were 20 times 64 MiB
        assertThat(resident() - before).isLessThan(128 << 20);
    }

    private void comeAndGo() throws Exception {
        DevicePool pool = pool(1);
        try (Loan loan = borrow(pool, 80 << 20, 80 << 20, LONG)) {
            Device device = device(loan);
            Buffer buffer = device.allocate(32 << 20);
            Device.StagingBuffer staging = device.staging(32 << 20);
            // neither is closed but by the end of the loan
            Stream stream = device.stream();
            stream.zero(buffer, 0, 32 << 20);
            stream.download(buffer, 0, staging, 0, 32 << 20);
            stream.mark();
            compute(loan);
        }
        pool.close();
    }

    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .findFirst()
                .orElseThrow();
    }
}
