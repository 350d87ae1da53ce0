package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.core.NumberType;

/** What is written is what our reader, h5py and h5dump read. */
class Hdf5WriterTest {

    @TempDir
    Path directory;

    private Path everything() throws IOException {
        Path path = directory.resolve("written.h5");
        try (Hdf5Writer writer = Hdf5Writer.create(path)) {
            writer.attribute("/", "default", "entry");
            writer.group("/entry", "NXentry");
            writer.attribute("/entry", "several", new String[] {"mean", "", "größer"});
            writer.attribute("/entry", "none", "");
            writer.attribute("/entry", "int", 7);
            writer.attribute("/entry", "long", Long.MIN_VALUE);
            writer.attribute("/entry", "float", 1.5f);
            writer.attribute("/entry", "doubles", new double[] {1, 2.5});
            writer.attribute("/entry", "ints", new int[] {1, 2});
            writer.dataset("/entry/title", "Mean of θ\nand more", "");
            writer.dataset("/entry/long", "x".repeat(70_000), "");
            writer.dataset(
                    "/entry/names",
                    IntStream.range(0, 3000).mapToObj(i -> "n" + i).toArray(String[]::new),
                    "");
            writer.dataset("/entry/byte", (byte) -1, "");
            writer.dataset("/entry/short", (short) -2, "");
            writer.dataset("/entry/int", -3, "counts");
            writer.dataset("/entry/double", Math.PI, "");
            writer.dataset("/values/b", new byte[] {1, -2}, "");
            writer.dataset("/values/s", new short[][] {{1, -2, 3}, {4, 5, 6}}, "");
            writer.dataset("/values/i", new int[][][] {{{1}, {2}}}, "");
            writer.dataset("/values/l", new long[] {1, Long.MAX_VALUE}, "");
            writer.dataset("/values/f", new float[][][][] {{{{1, Float.NaN}}}}, "");
            writer.dataset("/values/d", new double[][][][][] {{{{{1, 2}, {3, 4}}}}}, "m");
            writer.dataset("/values/boxed", new Double[] {1.0, 2.0}, "");
            writer.dataset("/values/empty", new double[0], "");
            Hdf5Writer.Values frames = writer.dataset("/frames", NumberType.UINT16, 3, 40, 50);
            Hdf5Writer.Values floats = writer.dataset("/floats", NumberType.FLOAT32, 100_000, 3);
            frames.write(new float[] {0, 65535, 7}, 0, 3);
            floats.write(counting(100_000), 0, 100_000);
            frames.write(littleEndian(40 * 50 - 3));
            floats.write(ByteBuffer.allocate(400_000));
            frames.write(new double[40 * 50 * 2], 0, 40 * 50 * 2);
            floats.write(counting(100_001), 1, 100_000);
            writer.compressed("/packed/i", ramp(100, 70), new int[] {7, 30}, "K");
            writer.compressed("/packed/many", ramp(300, 60), new int[] {2, 2}, "");
            writer.compressed("/packed/d", new double[][][] {{{1, 2}, {3, 4}}}, new int[] {1, 1, 2}, "");
            writer.softLink("/entry/data/frames", "/frames");
            writer.externalLink("/entry/data/raw", "raw.h5", "/entry/raw");
            writer.group("/many", "");
            for (int i = 0; i < 1000; i++) {
                writer.dataset("/many/m" + i, i, "");
            }
        }
        try (Hdf5Writer writer = Hdf5Writer.create(directory.resolve("raw.h5"))) {
            writer.dataset("/entry/raw", new int[] {4, 5}, "");
        }
        return path;
    }

    private static float[] counting(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return values;
    }

    private static ByteBuffer littleEndian(int count) {
        ByteBuffer values = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            values.putShort(2 * i, (short) i);
        }
        return values;
    }

    private static int[][] ramp(int rows, int columns) {
        int[][] values = new int[rows][columns];
        for (int i = 0; i < rows; i++) {
            Arrays.setAll(values[i], j -> 1000 * (values.length) + 3 * j);
            values[i][0] = i;
        }
        return values;
    }

    @Test
    void h5pyReadsIt() throws Exception {
        everything();
        assertThat(Peer.python("read_back.py", directory)).containsExactly("good");
    }

    @Test
    void h5dumpReadsIt() throws Exception {
        String dump = String.join("\n", Peer.tool("h5dump", everything().toString()));
        assertThat(dump)
                .contains("SOFTLINK \"frames\"", "EXTERNAL_LINK \"raw\"", "\"NXentry\"", "(0): \"Mean of")
                .doesNotContain("error", "unable");
    }

    @Test
    void weReadIt() throws Exception {
        try (Hdf5File file = Hdf5File.open(everything())) {
            assertThat(file.attribute("/", "default")).contains("entry");
            assertThat(file.attribute("/entry", "NX_class")).contains("NXentry");
            assertThat(file.attribute("/entry", "several")).contains("mean, , größer");
            assertThat(file.attribute("/entry", "none")).contains("");
            assertThat(file.attribute("/entry", "long")).contains("-9223372036854775808");
            assertThat(file.attribute("/entry/int", "units")).contains("counts");
            assertThat(file.strings("/entry/title").orElseThrow()).containsExactly("Mean of θ\nand more");
            assertThat(file.strings("/entry/long").orElseThrow()[0]).hasSize(70_000);
            assertThat(file.strings("/entry/names").orElseThrow())
                    .hasSize(3000)
                    .startsWith("n0")
                    .endsWith("n2999");
            assertThat(file.require("/entry/short", "").allDoubles()).containsExactly(-2);
            assertThat(file.require("/values/s", "").allDoubles()).containsExactly(1, -2, 3, 4, 5, 6);
            assertThat(file.require("/values/d", "").shape()).containsExactly(1, 1, 1, 2, 2);
            Hdf5Dataset frames = file.require("/entry/data/frames", "");
            assertThat(frames.type()).isEqualTo(NumberType.UINT16);
            assertThat(frames.floats(new int[] {0, 0, 0}, new int[] {1, 1, 5})).containsExactly(0, 65535, 7, 0, 1);
            assertThat(file.require("/entry/data/raw", "").allDoubles()).containsExactly(4, 5);
            assertThat(file.require("/floats", "").allDoubles()[299_999]).isEqualTo(100_000);
            double[] packed = file.require("/packed/many", "").allDoubles();
            int[][] ramp = ramp(300, 60);
            assertThat(packed)
                    .isEqualTo(Arrays.stream(ramp)
                            .flatMapToInt(Arrays::stream)
                            .asDoubleStream()
                            .toArray());
            assertThat(file.members("/many")).hasSize(1000);
            assertThat(file.require("/many/m999", "").allDoubles()).containsExactly(999);
        }
    }

    @Test
    void mistakesAreSaid() throws Exception {
        Path path = directory.resolve("wrong.h5");
        Hdf5Writer writer = Hdf5Writer.create(path);
        writer.dataset("/a", 1, "");
        assertThatThrownBy(() -> writer.dataset("/a", 2, "")).hasMessageContaining("there is a /a already");
        assertThatThrownBy(() -> writer.dataset("/a/b", 2, "")).hasMessageContaining("which is not a group");
        assertThatThrownBy(() -> writer.dataset("b", 2, "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> writer.attribute("/c", "x", 1))
                .hasMessageContaining("there is no group or dataset /c");
        assertThatThrownBy(() -> writer.dataset("/c", new int[][] {{1}, {2, 3}}, ""))
                .hasMessageContaining("rectangular");
        assertThatThrownBy(() -> writer.dataset("/c", List.of(), "")).hasMessageContaining("cannot be stored");
        Hdf5Writer.Values values = writer.dataset("/c", NumberType.UINT8, 3);
        assertThatThrownBy(() -> values.write(new double[] {256}, 0, 1))
                .hasMessageContaining("cannot hold the value 256");
        assertThatThrownBy(() -> values.write(new double[] {0.5}, 0, 1)).hasMessageContaining("cannot hold");
        assertThatThrownBy(() -> values.write(new double[4], 0, 4)).hasMessageContaining("more values than the 3");
        values.write(new float[] {255, 0}, 0, 2);
        assertThatThrownBy(writer::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/c has got 2 of its 3 values");
        // the second time is for try-with-resources
        writer.close();
    }

    @Test
    void aDiskThatLiesIsFoundOut() throws Exception {
        Path path = directory.resolve("lies.h5");
        Hdf5Writer writer = Hdf5Writer.create(path);
        Hdf5Writer.Values values = writer.dataset("/data", NumberType.INT8, 100_000);
        byte[] bytes = new byte[100_000];
        new Random(1).nextBytes(bytes);
        values.write(ByteBuffer.wrap(bytes));
        try (var channel = Files.newByteChannel(path, java.nio.file.StandardOpenOption.WRITE)) {
            channel.position(50_000).write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        }
        assertThatThrownBy(writer::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("what was written of /data")
                .hasMessageContaining("is not what is read back");
    }

    @Test
    void largeDatasetsNeedNoMemory() throws Exception {
        Path path = directory.resolve("large.h5");
        int rows = 300;
        int columns = 1 << 20;
        float[] row = counting(columns);
        try (Hdf5Writer writer = Hdf5Writer.create(path)) {
            Hdf5Writer.Values values = writer.dataset("/data", NumberType.FLOAT32, rows, columns);
            for (int i = 0; i < rows; i++) {
                row[0] = -i;
                values.write(row, 0, columns);
            }
        }
        assertThat(Files.size(path)).isGreaterThan(4L * rows * columns);
        try (Hdf5File file = Hdf5File.open(path)) {
            Hdf5Dataset data = file.require("/data", "");
            assertThat(data.floats(new int[] {rows - 1, 0}, new int[] {1, 3})).containsExactly(-(rows - 1), 1, 2);
            assertThat(data.floats(new int[] {0, 0}, new int[] {rows, 1})[rows - 2])
                    .isEqualTo(-(rows - 2));
            assertThatThrownBy(data::allDoubles).hasMessageContaining("more values than fit the memory");
        }
    }
}
