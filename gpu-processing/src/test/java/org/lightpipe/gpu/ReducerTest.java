package org.lightpipe.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.device.DeviceException;
import org.lightpipe.gpu.device.ManagedDevice;
import org.lightpipe.gpu.technique.Job;
import org.lightpipe.gpu.technique.Preview;
import org.lightpipe.gpu.technique.Summary;
import org.lightpipe.gpu.technique.Technique;

/** The engine without Camel. */
class ReducerTest {

    private static Engine engine;

    @TempDir
    Path directory;

    private Path input;
    private Path output;

    @BeforeAll
    static void start() {
        engine = Engine.start();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    @BeforeEach
    void prepare() {
        output = directory.resolve("results/deeper");
        input = TestScans.stack(directory.resolve("scän.1.h5"), "/entry/data/data", new float[][][] {
            {{1, 2}, {3, 4}}, {{10, 20}, {30, 40}}
        });
    }

    private Reduced reduce(Input what, ProbeTechnique.Options options) throws Exception {
        return engine.reducer().reduce(new ProbeTechnique(), options, what, output, "java", ProgressListener.NONE);
    }

    private Reduced reduce(Input what) throws Exception {
        return reduce(what, new ProbeTechnique.Options());
    }

    @Test
    void aFileBecomesAResultWithItsProvenance() throws Exception {
        List<Double> progress = new ArrayList<>();
        Reduced reduced = engine.reducer()
                .reduce(
                        new ProbeTechnique(),
                        new ProbeTechnique.Options(),
                        Input.of(input),
                        output,
                        "auto",
                        progress::add);
        assertThat(reduced.result()).isEqualTo(output.toRealPath().resolve("scän.1_probe.h5"));
        assertThat(reduced.preview()).hasValue(output.toRealPath().resolve("scän.1_probe.png"));
        assertThat(reduced.preview().get()).isNotEmptyFile();
        assertThat(reduced.summary().metrics()).containsEntry("frames", 2).containsEntry("first", 11.0);
        assertThat(reduced.seconds().total()).isPositive();
        assertThat(progress).containsExactly(0.5, 1.0, 1.0);
        try (HdfFile file = new HdfFile(reduced.result())) {
            assertThat(file.getAttribute("default").getData()).isEqualTo("entry");
            assertThat(file.getAttribute("NX_class").getData()).isEqualTo("NXroot");
            assertThat(file.getByPath("/entry").getAttribute("NX_class").getData())
                    .isEqualTo("NXentry");
            assertThat((float[][]) file.getDatasetByPath("/entry/data/sum").getData())
                    .isDeepEqualTo(new float[][] {{11, 22}, {33, 44}});
            assertThat(file.getByPath("/entry/process").getAttribute("NX_class").getData())
                    .isEqualTo("NXprocess");
            assertThat(text(file, "program")).isEqualTo("lightpipe gpu:probe");
            assertThat(text(file, "version")).matches("\\d+\\.\\d+\\.\\d+.*");
            assertThat(text(file, "date")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
            assertThat(text(file, "backend")).isEqualTo(reduced.backend());
            assertThat(text(file, "device")).isEqualTo(reduced.device());
            assertThat(text(file, "input/file_name")).isEqualTo("scän.1.h5");
            assertThat(text(file, "input/size")).isEqualTo(Long.toString(Files.size(input)));
            assertThat(text(file, "input/sha256")).isEqualTo(sha256(input));
            assertThat(text(file, "parameters/data")).isEqualTo("{\"scaleFactor\":1.0}");
            assertThat(text(file, "metrics/data")).isEqualTo("{\"frames\":2,\"first\":11.0,\"none\":null}");
            assertThat(Double.parseDouble(text(file, "seconds_read")))
                    .isEqualTo(reduced.seconds().read());
            assertThat(file.getDatasetByPath("/entry/process/seconds_compute")
                            .getAttribute("units")
                            .getData())
                    .isEqualTo("s");
        }
    }

    private static String text(HdfFile file, String name) {
        return file.getDatasetByPath("/entry/process/" + name).getData().toString();
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    @Test
    void aDigestThatSomebodyKnowsIsNotTakenAgain() throws Exception {
        Reduced reduced = reduce(new Input.File(input, Optional.of("ab".repeat(32))));
        try (HdfFile file = new HdfFile(reduced.result())) {
            assertThat(text(file, "input/sha256")).isEqualTo("ab".repeat(32));
        }
    }

    @Test
    void framesInMemoryAreReducedLikeThoseOfAFile() throws Exception {
        FrameStack frames = FrameStack.of(new short[][][] {{{1, -1}}, {{2, 3}}});
        Reduced reduced = reduce(Input.of(frames, "batch-7"));
        assertThat(reduced.result()).hasFileName("batch-7_probe.h5");
        try (HdfFile file = new HdfFile(reduced.result())) {
            assertThat((float[][]) file.getDatasetByPath("/entry/data/sum").getData())
                    .isDeepEqualTo(new float[][] {{3, 65538}});
            assertThat(text(file, "input/file_name")).isEqualTo("batch-7");
            assertThat(file.getByPath("/entry/process/input"))
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.type(io.jhdf.api.Group.class))
                    .satisfies(note -> assertThat(note.getChildren()).doesNotContainKeys("sha256", "size"));
        }
    }

    @Test
    void aTechniqueThatNeedsAFileRefusesFramesInMemory() throws Exception {
        Input frames = Input.of(FrameStack.of(new float[][] {{1}}), "batch");
        assertThatThrownBy(() -> run(new Fails((job, call) -> job.hdf5()), frames, "auto"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("batch: is frames in memory, but this technique needs a file");
    }

    @Test
    void aPlotIsDrawnAndATechniqueWithoutPictureHasNone() throws Exception {
        assertThat(reduce(Input.of(input), new ProbeTechnique.Options().picture("plot"))
                        .preview()
                        .get())
                .isNotEmptyFile();
        Reduced reduced = reduce(Input.of(input), new ProbeTechnique.Options().picture("none"));
        assertThat(reduced.preview()).isEmpty();
        // that of the result before would be a lie
        assertThat(output).isDirectoryNotContaining("glob:**.png");
    }

    @Test
    void aFileThatAnOptionNamesIsSoughtBesideTheInput() throws Exception {
        Files.createFile(directory.resolve("mask.h5"));
        assertThat(reduce(Input.of(input), new ProbeTechnique.Options().mask("mask.h5"))
                        .result())
                .exists();
        assertThat(reduce(
                                Input.of(input),
                                new ProbeTechnique.Options()
                                        .mask(directory.resolve("mask.h5").toString()))
                        .result())
                .exists();
        assertThatThrownBy(() -> reduce(Input.of(input), new ProbeTechnique.Options().mask("none.h5")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scän.1.h5: mask=none.h5, but there is no file " + directory.resolve("none.h5"));
        assertThatThrownBy(() -> reduce(Input.of(input), new ProbeTechnique.Options().mask("results")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not a file");
        assertThatThrownBy(() -> reduce(Input.of(input), new ProbeTechnique.Options().mask("a\0b")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot be the name of a file");
    }

    /** A technique that does something wrong, knowing how often it was called. */
    private record Fails(Step step, AtomicInteger calls) implements Technique<Object> {

        interface Step {
            void run(Job job, int call) throws InvalidInputException, IOException, InterruptedException;
        }

        Fails(Step step) {
            this(step, new AtomicInteger());
        }

        @Override
        public String name() {
            return "fails";
        }

        @Override
        public String summary() {
            return "Fails.";
        }

        @Override
        public Object options() {
            return new Object();
        }

        @Override
        public Summary run(Job job, Object options) throws InvalidInputException, IOException, InterruptedException {
            job.result().dataset("/entry/call", calls.incrementAndGet(), "");
            step.run(job, calls.get());
            return new Summary("done", Map.of(), Map.of("calls", calls.get()), new Preview.Image(new float[][] {{1}}));
        }
    }

    private Reduced run(Technique<Object> technique, Input what, String backend) throws Exception {
        return engine.reducer().reduce(technique, new Object(), what, output, backend, ProgressListener.NONE);
    }

    @Test
    void aJobWhoseDeviceFailsIsBegunAnew() throws Exception {
        for (boolean broken : new boolean[] {true, false}) {
            Fails once = new Fails((job, call) -> {
                job.compute(0, 0);
                if (call == 1) {
                    // as threads of a pool wrap it
                    throw new IllegalStateException(new DeviceException("the device has fallen off the bus", broken));
                }
            });
            Reduced reduced = run(once, Input.of(input), "auto");
            assertThat(reduced.summary().metrics()).containsEntry("calls", 2);
            try (HdfFile file = new HdfFile(reduced.result())) {
                // nothing of the first attempt is in it
                assertThat(file.getDatasetByPath("/entry/call").getData()).isEqualTo(2);
            }
        }
    }

    @Test
    void aJobThatFailsEveryDeviceIsNotTriedForEver() {
        Fails always = new Fails((job, call) -> {
            job.compute(0, 0);
            throw new DeviceException("out of order", true);
        });
        assertThatThrownBy(() -> run(always, Input.of(input), "auto"))
                .isInstanceOf(DeviceException.class)
                .hasMessage("out of order");
        assertThat(always.calls()).hasValueBetween(2, 4);
    }

    @Test
    void withABackendThatWasAskedForItFailsWithTheReason() {
        Fails little = new Fails((job, call) -> {
            job.compute(0, 0);
            throw new DeviceException("too little memory", false);
        });
        assertThatThrownBy(() -> run(little, Input.of(input), "java"))
                .isInstanceOf(DeviceException.class)
                .hasMessage("too little memory");
        assertThat(little.calls()).hasValue(1);
    }

    @Test
    void aDeviceThatIsBrokenIsTakenOutAndTheReasonIsToldOnceThereIsNoOther() throws Exception {
        List<ManagedDevice> devices = engine.devices().devices().stream()
                .filter(device -> device.getBackend().equals("opencl"))
                .toList();
        assumeThat(devices).as("a device of OpenCL").isNotEmpty();
        Fails broken = new Fails((job, call) -> {
            assertThat(job.compute(0, 1 << 20).device()).isPresent();
            throw new DeviceException("a kernel ran wild", true);
        });
        try {
            assertThatThrownBy(() -> run(broken, Input.of(input), "opencl"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a kernel ran wild");
            assertThat(devices).anyMatch(device -> device.getState().equals("out: a kernel ran wild"));
        } finally {
            devices.forEach(ManagedDevice::restore);
        }
        Reduced reduced = run(new Fails((job, call) -> job.compute(0, 1 << 20)), Input.of(input), "opencl");
        assertThat(reduced.backend()).isEqualTo("opencl");
        assertThat(devices).extracting(ManagedDevice::getName).contains(reduced.device());
    }

    @Test
    void whatFailsOtherwiseIsNotTriedAgainAndLeavesNothing() throws Exception {
        Reduced before = run(new Fails((job, call) -> job.compute(0, 0)), Input.of(input), "java");
        byte[] bytes = Files.readAllBytes(before.result());
        Fails wrong = new Fails((job, call) -> {
            throw new IOException("the disk is full");
        });
        assertThatThrownBy(() -> run(wrong, Input.of(input), "auto"))
                .isInstanceOf(IOException.class)
                .hasMessage("the disk is full");
        assertThat(wrong.calls()).hasValue(1);
        assertThat(before.result()).hasBinaryContent(bytes);
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).hasSize(2);
        }
        // and the place is free again
        run(new Fails((job, call) -> job.compute(0, 0)), Input.of(input), "java");
    }

    @Test
    void aJobComputesInOnePlace() {
        Fails twice = new Fails((job, call) -> {
            job.compute(0, 0);
            job.compute(0, 0);
        });
        assertThatThrownBy(() -> run(twice, Input.of(input), "java")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnknownBackendIsRefused() {
        assertThatThrownBy(() -> run(new Fails((job, call) -> {}), Input.of(input), "tpu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("backend=tpu, but it must be one of auto, java, opencl, cuda");
    }

    @Test
    void anInputThatChangesMeanwhileIsNoResult() {
        Fails writes = new Fails((job, call) -> Files.write(input, new byte[] {1, 2, 3}));
        assertThatThrownBy(() -> run(writes, Input.of(input), "java"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("changed while it was read");
        assertThat(output).isEmptyDirectory();
    }

    @Test
    void anInputThatCannotBeReadIsRefusedBeforeAnythingIsMade() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.h5"));
        assertThatThrownBy(() -> reduce(Input.of(empty)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("empty.h5: is empty");
        assertThatThrownBy(() -> reduce(Input.of(directory.resolve("none.h5"))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("none.h5: there is no such file");
        assertThatThrownBy(() -> reduce(Input.of(directory)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is not a file");
        assertThat(output).doesNotExist();
        Path text = Files.writeString(directory.resolve("text.h5"), "no frames in here");
        assertThatThrownBy(() -> reduce(Input.of(text)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("text.h5: is not an HDF5 file, nor of another format with frames");
    }

    @Test
    void anHdf5FileIsKnownBehindABlockOfTheUsersToo() throws Exception {
        byte[] signature = HexFormat.of().parseHex("894844460d0a1a0a");
        for (int at : new int[] {0, 512, 1024, 65536}) {
            byte[] bytes = new byte[at + 100];
            System.arraycopy(signature, 0, bytes, at, signature.length);
            assertThat(InputFile.isHdf5(Files.write(directory.resolve("user.h5"), bytes)))
                    .as("at %d", at)
                    .isTrue();
        }
        assertThat(InputFile.isHdf5(Files.write(directory.resolve("user.h5"), new byte[100_000])))
                .isFalse();
        assertThat(InputFile.isHdf5(Files.write(directory.resolve("user.h5"), new byte[3])))
                .isFalse();
    }

    @Test
    void anInterruptStopsAJobAndLeavesNothing() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread thread = new Thread(() -> {
            try {
                engine.reducer()
                        .reduce(
                                new ProbeTechnique(),
                                new ProbeTechnique.Options().endless(true),
                                Input.of(input),
                                output,
                                "java",
                                done -> running.countDown());
            } catch (Exception e) {
                end.set(e);
            }
        });
        thread.start();
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        thread.interrupt();
        thread.join(30_000);
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertThat(output).isEmptyDirectory();
    }

    @Test
    void twoWritersOfOneResultAreRefused() throws Exception {
        Fails nested = new Fails((job, call) -> assertThatThrownBy(
                        () -> run(new Fails((inner, innerCall) -> {}), Input.of(input), "java"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is being written by another message at this moment"));
        run(nested, Input.of(input), "java");
    }

    @Test
    void aLeftOverOfACrashIsReplaced() throws Exception {
        Files.createDirectories(output);
        Files.writeString(output.resolve(".scän.1_probe.h5.part"), "half of a longer file".repeat(99_999));
        Reduced reduced = reduce(Input.of(input));
        assertThat(Files.size(reduced.result())).isLessThan(100_000);
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void theNameIsTheStemOfTheInputAndTheTechnique() throws Exception {
        FrameStack frames = FrameStack.of(new float[][] {{1}});
        assertThat(reduce(Input.of(frames, "plain")).result()).hasFileName("plain_probe.h5");
        assertThat(reduce(Input.of(frames, ".hidden")).result()).hasFileName(".hidden_probe.h5");
        assertThatThrownBy(() -> reduce(Input.of(frames, "../up")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be part of the name of a file");
        Path file = Files.createFile(directory.resolve("file"));
        output = file;
        assertThatThrownBy(() -> reduce(Input.of(input))).isInstanceOf(IOException.class);
    }
}
