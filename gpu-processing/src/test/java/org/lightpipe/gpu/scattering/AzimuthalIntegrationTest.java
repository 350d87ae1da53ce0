package org.lightpipe.gpu.scattering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.Engine;
import org.lightpipe.gpu.Input;
import org.lightpipe.gpu.ProgressListener;
import org.lightpipe.gpu.Reduced;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;
import org.lightpipe.gpu.device.TestDevices;
import org.lightpipe.gpu.hdf5.Hdf5File;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Preview;

/** From a file to its result. */
class AzimuthalIntegrationTest {

    private static Engine engine;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        engine = Engine.start();
    }

    @AfterAll
    static void stop() {
        engine.close();
    }

    static Stream<String> backends() {
        return Integrations.backends();
    }

    private static Path shared(String name) {
        Path path = Path.of(System.getProperty("lightpipe.shared", "../../shared/data"))
                .resolve("saxs_waxs")
                .resolve(name);
        if (!Files.exists(path)) {
            String message =
                    "reference data is missing: " + path.toAbsolutePath().normalize();
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            abort(message);
        }
        return path;
    }

    private Reduced run(String backend, Path input, IntegrationOptions options) throws Exception {
        if (!backend.equals("java")) {
            TestDevices.borrow(backend, 1 << 20).close();
        }
        return engine.reducer()
                .reduce(
                        new AzimuthalIntegration(),
                        options,
                        Input.of(input),
                        directory.resolve("results"),
                        backend,
                        ProgressListener.NONE);
    }

    private static double[] read(Path file, String dataset) throws IOException, InvalidInputException {
        try (Hdf5File hdf5 = Hdf5File.open(file)) {
            return hdf5.require(dataset, "is wanted").allDoubles();
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theReferenceOfPyfaiIsMet(String backend) throws Exception {
        IntegrationOptions options = Integrations.options();
        options.setPoni(shared("savu_xrd_test.poni").toString());
        options.setMethod("no");
        options.setNpt(400);
        Reduced reduced = run(backend, shared("savu_xrd_test.nxs"), options);
        double[] q = read(shared("reference_pyfai.h5"), "/q");
        double[] expected = read(shared("reference_pyfai.h5"), "/I");
        assertThat(read(reduced.result(), "/entry/data/Q")).containsExactly(q, within(1e-6));
        double[] intensity = read(reduced.result(), "/entry/data/I");
        assertThat(intensity).hasSize(8 * 400);
        int compared = 0;
        for (int i = 0; i < expected.length; i++) {
            if (!Double.isNaN(intensity[i])) {
                assertThat(intensity[i]).as("bin " + i).isCloseTo(expected[i], within(1e-6 * Math.abs(expected[i])));
                compared++;
            } else {
                assertThat(expected[i]).isZero();
            }
        }
        assertThat(compared).isGreaterThan(390);
        assertThat(reduced.summary().metrics()).containsEntry("frames", 8).containsEntry("bins", 400);
        assertThat((double) reduced.summary().metrics().get("invalid_fraction")).isBetween(0.0, 0.01);
        assertThat(reduced.preview()).isPresent();
        assertThat(reduced.backend()).isEqualTo(backend);
    }

    @Test
    void anImageOfRadiusAndAzimuthHasItsAxes() throws Exception {
        Path input = scan();
        IntegrationOptions options = Integrations.options();
        options.setPoni(poni());
        options.setDataset("/entry/frames");
        options.setAzimuthal(true);
        options.setNpt(20);
        options.setNptAzim(12);
        options.setUnit("2th_deg");
        options.setErrorModel("poisson");
        Reduced reduced = run("java", input, options);
        try (Hdf5File file = Hdf5File.open(reduced.result())) {
            assertThat(file.require("/entry/data/I", "").shape()).containsExactly(3, 12, 20);
            assertThat(file.require("/entry/data/Idev", "").shape()).containsExactly(3, 12, 20);
            assertThat(file.require("/entry/data/I_errors", "").shape()).containsExactly(3, 12, 20);
            assertThat(file.require("/entry/mean/I", "").shape()).containsExactly(12, 20);
            assertThat(file.attribute("/entry/data", "signal")).contains("I");
            assertThat(file.attribute("/entry/data/two_theta", "units")).contains("degree");
            assertThat(file.require("/entry/data/chi", "").allDoubles()).hasSize(12);
            assertThat(file.require("/entry/quality/total", "").allDoubles()).hasSize(3);
        }
        assertThat(reduced.summary().preview()).isInstanceOf(Preview.Image.class);
    }

    @Test
    void framesAreDividedByTheirMonitor() throws Exception {
        Path input = scan();
        IntegrationOptions options = Integrations.options();
        options.setPoni(poni());
        options.setDataset("/entry/frames");
        options.setNpt(20);
        double[] plain = read(run("java", input, options).result(), "/entry/data/I");
        options.setMonitor("/entry/monitor");
        Reduced reduced = run("java", input, options);
        double[] divided = read(reduced.result(), "/entry/data/I");
        for (int i = 0; i < plain.length; i++) {
            if (!Double.isNaN(plain[i])) {
                assertThat(divided[i] * (1 + i / 20)).isCloseTo(plain[i], within(1e-5 * plain[i]));
            }
        }
        assertThat(reduced.summary().preview()).isInstanceOf(Preview.Plot.class);
        assertThat(reduced.summary().metrics()).containsKeys("max_position", "frame_variation", "drift", "dark_frames");
    }

    @Test
    void companionsOfAllFormsGiveTheSame() throws Exception {
        Path input = scan();
        IntegrationOptions options = Integrations.options();
        options.setPoni(poni());
        options.setDataset("/entry/frames");
        options.setNpt(20);
        double[] unmasked = read(run("java", input, options).result(), "/entry/mean/I");
        options.setMask(":/entry/mask");
        options.setDark(":/entry/dark");
        double[] expected = read(run("java", input, options).result(), "/entry/mean/I");
        assertThat(expected).isNotEqualTo(unmasked);
        float[] mask = new float[30 * 40];
        byte[] npy = new byte[128 + mask.length];
        byte[] header = "\u0093NUMPY\u0001\u0000v\u0000{'descr': '|u1', 'fortran_order': False, 'shape': (30, 40), }"
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        java.util.Arrays.fill(npy, 0, 128, (byte) ' ');
        System.arraycopy(header, 0, npy, 0, header.length);
        npy[127] = '\n';
        for (int i = 0; i < mask.length; i++) {
            npy[128 + i] = (byte) (i % 11 == 0 ? 1 : 0);
        }
        Files.write(directory.resolve("mask.npy"), npy);
        StringBuilder edf = new StringBuilder(
                "{\nByteOrder = LowByteFirst ;\nDataType = UnsignedByte ;\n" + "Dim_1 = 40 ;\nDim_2 = 30 ;\n");
        edf.append(" ".repeat(510 - edf.length())).append("}\n");
        byte[] edfBytes = new byte[512 + mask.length];
        System.arraycopy(edf.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, edfBytes, 0, 512);
        System.arraycopy(npy, 128, edfBytes, 512, mask.length);
        Files.write(directory.resolve("mask.edf"), edfBytes);
        java.awt.image.BufferedImage image =
                new java.awt.image.BufferedImage(40, 30, java.awt.image.BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < mask.length; i++) {
            image.getRaster().setSample(i % 40, i / 40, 0, npy[128 + i]);
        }
        assertThat(javax.imageio.ImageIO.write(
                        image, "tiff", directory.resolve("mask.tif").toFile()))
                .isTrue();
        for (String form :
                new String[] {"mask.npy", "mask.edf", "mask.tif", "scan.h5:/entry/mask", "scan.h5::/entry/mask"}) {
            options.setMask(form);
            assertThat(read(run("java", input, options).result(), "/entry/mean/I"))
                    .as(form)
                    .isEqualTo(expected);
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithWords() throws Exception {
        Path input = scan();
        IntegrationOptions options = Integrations.options();
        options.setDataset("/entry/frames");
        options.setPoni("");
        assertRefused(input, options, "needs the geometry");
        options.setPoni("there-is-none.poni");
        assertRefused(input, options, "there-is-none.poni");
        options.setPoni(poni());
        options.setDataset("/entry/frames");
        options.setMask(":/entry/small");
        assertRefused(
                input,
                options,
                "scan.h5:/entry/small (option mask) has 3 x 4 pixels, but the frames have 30 x 40 (rows x columns)");
        options.setMask(":/entry/all");
        assertRefused(input, options, "all 30 x 40 pixels are masked");
        options.setMask("");
        options.setMonitor("/entry/all");
        assertRefused(input, options, "monitor=/entry/all has 1200 values, but there are 3 frames");
        options.setMonitor("");
        options.setPoni(shared("savu_xrd_test.poni").toString());
        assertRefused(
                input, options, "frames of 30 x 40 pixels, but savu_xrd_test.poni is for Detector with 100 x 1000");
    }

    private void assertRefused(Path input, IntegrationOptions options, String words) {
        assertThatThrownBy(() -> run("java", input, options))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(words);
    }

    private String poni() throws IOException {
        Path poni = directory.resolve("made.poni");
        Files.writeString(poni, """
                poni_version: 2.1
                Detector: Detector
                Detector_config: {"pixel1": 1e-4, "pixel2": 1e-4, "max_shape": [30, 40], "orientation": 3}
                Distance: 0.1
                Poni1: 0.0015
                Poni2: 0.0021
                Rot1: 0.01
                Rot2: 0
                Rot3: 0
                Wavelength: 1e-10
                """);
        return poni.getFileName().toString();
    }

    /** Three frames, each with more light than the one before. */
    private Path scan() throws IOException {
        Path path = directory.resolve("scan.h5");
        try (Hdf5Writer file = Hdf5Writer.create(path)) {
            file.group("/entry", "NXentry");
            Hdf5Writer.Values frames = file.dataset("/entry/frames", NumberType.UINT16, 3, 30, 40);
            double[] values = new double[1200];
            for (int frame = 0; frame < 3; frame++) {
                for (int i = 0; i < values.length; i++) {
                    values[i] = (frame + 1) * (100 + i % 40 + i / 40);
                }
                frames.write(values, 0, values.length);
            }
            file.dataset("/entry/monitor", new double[] {1, 2, 3}, "");
            byte[][] mask = new byte[30][40];
            byte[][] all = new byte[30][40];
            for (int i = 0; i < 1200; i++) {
                mask[i / 40][i % 40] = (byte) (i % 11 == 0 ? 1 : 0);
                all[i / 40][i % 40] = 1;
            }
            file.dataset("/entry/mask", mask, "");
            file.dataset("/entry/all", all, "");
            file.dataset("/entry/small", new byte[3][4], "");
            float[][][] dark = new float[5][30][40];
            for (int i = 0; i < 5; i++) {
                dark[i][3][4] = i;
            }
            file.dataset("/entry/dark", dark, "");
        }
        return path;
    }
}
