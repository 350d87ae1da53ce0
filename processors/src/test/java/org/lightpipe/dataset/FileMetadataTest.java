package org.lightpipe.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lightpipe.config.MetadataPolicy;

class FileMetadataTest {

    @TempDir
    private Path directory;

    private Map<String, Object> read(String name, byte[] bytes) throws IOException {
        return FileMetadata.of(Files.write(directory.resolve(name), bytes), MetadataPolicy.everything());
    }

    @ParameterizedTest
    @CsvSource({"LITTLE, false, 3", "BIG, false, 1", "LITTLE, true, 2", "BIG, true, 5"})
    void aTiffTellsItsTagsAndPages(String order, boolean big, int pages) throws IOException {
        ByteOrder bytes = "LITTLE".equals(order) ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        assertThat(read("a.tif", Headers.tiff(bytes, big, pages)))
                .isEqualTo(Map.ofEntries(
                        Map.entry("format", "TIFF"),
                        Map.entry("width", 640),
                        Map.entry("height", 480L),
                        Map.entry("bits", 16L),
                        Map.entry("type", "int16"),
                        Map.entry("compression", "LZW"),
                        Map.entry("make", "Mk"),
                        Map.entry("samples", 1),
                        Map.entry("xResolution", 150.0),
                        Map.entry("resolutionUnit", "cm"),
                        Map.entry("pages", pages),
                        Map.entry("ImageJ", "1.54f"),
                        Map.entry("ImageJ/images", 3L),
                        Map.entry("ImageJ/unit", "micron"),
                        Map.entry("areaDetector/timeStamp", 1.25e9),
                        Map.entry("areaDetector/uniqueId", 4711L),
                        Map.entry("areaDetector/ExposureTime", 0.25),
                        Map.entry("areaDetector/Sample", "Bone: left")));
    }

    @Test
    void theHeaderOfADectrisDetectorIsReadFromTheDescription() throws IOException {
        assertThat(
                        read(
                                "a.tif",
                                Headers.tiff(
                                        ByteOrder.LITTLE_ENDIAN,
                                        false,
                                        1,
                                        "# Pixel_size 172e-6 m x 172e-6 m\r\n# Exposure_time 0.5 s\r\n# 2010/Jul/22 00:44:54.123\r\n")))
                .containsEntry("Pixel_size", "172e-6 m x 172e-6 m")
                .containsEntry("Exposure_time", 0.5)
                .containsEntry("Exposure_time@units", "s")
                .containsEntry("time", "2010/Jul/22 00:44:54.123");
        assertThat(read("b.tif", Headers.tiff(ByteOrder.LITTLE_ENDIAN, false, 1, "a crystal\u00b5")))
                .containsEntry("description", "a crystal\u00b5");
    }

    /** 3,000 pages: they are counted as far as the bound, which is told. */
    @Test
    void pagesAreCountedUpToABound() throws IOException {
        assertThat(read("a.tif", Headers.tiff(ByteOrder.LITTLE_ENDIAN, false, 1500)))
                .containsEntry("pagesAtLeast", TiffHeader.PAGES)
                .doesNotContainKeys("pages", "unreadable");
    }

    @Test
    void pagesInACircleAreTold() throws IOException {
        byte[] tiff = Headers.tiff(ByteOrder.LITTLE_ENDIAN, false, 2);
        // the next of the last page: the four bytes at its end
        tiff[tiff.length - 4] = 8;
        assertThat(read("a.tif", tiff))
                .containsEntry("unreadable", "its pages form a circle")
                .containsEntry("width", 640);
    }

    @Test
    void anEdfTellsItsFieldsMotorsAndCounters() throws IOException {
        assertThat(read("a.edf", Headers.edf()))
                .containsEntry("format", "EDF")
                .containsEntry("width", 4L)
                .containsEntry("height", 2L)
                .containsEntry("type", "uint16")
                .containsEntry("DataType", "UnsignedShort")
                .containsEntry("count_time", 0.5)
                .containsEntry("title", "{curly} and 007")
                .containsEntry("sample", "007")
                .containsEntry("motor/phi", 1.5)
                .containsEntry("motor/chi", -90L)
                .containsEntry("motor/energy", 17.0)
                .containsEntry("counter/mon", 12345L)
                .doesNotContainKeys("motor_mne", "motor_pos", "unreadable");
    }

    @Test
    void aGeneralBlockBeforeTheFrameOfAnEdfIsReadToo() throws IOException {
        String general = "{\nEDF_DataFormatVersion = 2.40 ;\nEDF_DataBlocks = 1 ;\nrun = 12 ;\n}\n";
        assertThat(read(
                        "a.edf",
                        (general + new String(Headers.edf(), StandardCharsets.ISO_8859_1))
                                .getBytes(StandardCharsets.ISO_8859_1)))
                .containsEntry("run", 12L)
                .containsEntry("width", 4L)
                .doesNotContainKey("unreadable");
    }

    @Test
    void aCbfTellsItsMiniHeaderAndShape() throws IOException {
        assertThat(read("a.cbf", Headers.cbf()))
                .containsEntry("format", "CBF")
                .containsEntry("block", "lyso_00001")
                .containsEntry("diffrn.id", "DS1")
                .containsEntry("array_data.header_convention", "PILATUS_1.2")
                .containsEntry("Detector", "PILATUS 2M, S/N 24-0107")
                .containsEntry("time", "2026-11-24T10:15:20.512")
                .containsEntry("Pixel_size", "172e-6 m x 172e-6 m")
                .containsEntry("Exposure_time", 0.097)
                .containsEntry("Exposure_time@units", "s")
                .containsEntry("Tau", 124.0e-09)
                .containsEntry("Count_cutoff", 1048500L)
                .containsEntry("Threshold_setting", 6330L)
                .containsEntry("Threshold_setting@units", "eV")
                .containsEntry("Wavelength", 0.97934)
                .containsEntry("Beam_xy", "(1231.50, 1263.50) pixels")
                .containsEntry("type", "int32")
                .containsEntry("width", 1475L)
                .containsEntry("height", 1679L)
                .doesNotContainKey("unreadable");
    }

    @Test
    void anSpeOfWinViewTellsItsHeader() throws IOException {
        assertThat(read("a.spe", Headers.spe(2.5f, "")))
                .isEqualTo(Map.ofEntries(
                        Map.entry("format", "SPE"),
                        Map.entry("version", 2.5f),
                        Map.entry("width", 3),
                        Map.entry("height", 2),
                        Map.entry("frames", 7),
                        Map.entry("type", "uint16"),
                        Map.entry("exposure", 0.5f),
                        Map.entry("exposure@units", "s"),
                        Map.entry("detectorWidth", 2084),
                        Map.entry("detectorHeight", 2084),
                        Map.entry("detectorTemperature", -20f),
                        Map.entry("readoutTime", 12.5f),
                        Map.entry("readoutTime@units", "ms"),
                        Map.entry("time", "24Nov2026 10:15:20"),
                        Map.entry("comment1", "first line"),
                        Map.entry("comment2", "second line"),
                        Map.entry("region1", "x 1–6 by 2, y 1–2 by 1")));
    }

    @Test
    void anSpeOfLightFieldTellsItsXmlAndWhatIsNamed() throws IOException {
        String camera = "SpeFormat/DataHistories/DataHistory/Origin/Experiment/Devices/Cameras/Camera/";
        Path file = Files.write(directory.resolve("a.spe"), Headers.spe(3.0f, Headers.LIGHTFIELD));
        assertThat(FileMetadata.of(
                        file,
                        new MetadataPolicy(Optional.empty(), Map.of("answer", List.of(camera + "Acquisition/Secret")))))
                .containsEntry("version", 3.0f)
                .containsEntry("frames", 7L)
                .containsEntry("width", 3L)
                .containsEntry("height", 2L)
                .containsEntry("type", "uint16")
                .containsEntry("time", "2026-11-24T10:00:00.5-06:00")
                .containsEntry(camera + "ShutterTiming/ExposureTime", 125.5)
                .containsEntry("answer", 42L)
                .doesNotContainKey("unreadable");
        assertThat(FileMetadata.of(file, MetadataPolicy.everything())).doesNotContainKey(camera + "Acquisition/Secret");
    }

    @Test
    void anXmlThatReadsOtherFilesOrGrowsReadsNothing() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "hidden");
        String xxe = "<!DOCTYPE a [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>"
                + "<SpeFormat><ExposureTime>&x;</ExposureTime></SpeFormat>";
        assertThat(read("a.spe", Headers.spe(3.0f, xxe)).toString()).doesNotContain("hidden");
        assertThat(read("b.spe", Headers.spe(3.0f, "<a>".repeat(200_000))))
                .containsEntry("unreadable", "its XML is nested deeper than 64 elements");
        assertThat(read("c.spe", Headers.spe(3.0f, "<a>" + "<b/>".repeat(400_000) + "</a>")))
                .containsEntry("unreadable", "its XML is longer than 1048576 bytes; the rest was not read");
    }

    @Test
    void anMdaTellsItsDimensionsNamesAndVariables() throws IOException {
        assertThat(read("a.mda", Headers.mda()))
                .isEqualTo(Map.ofEntries(
                        Map.entry("format", "MDA"),
                        Map.entry("version", "1.4"),
                        Map.entry("scanNumber", 17),
                        Map.entry("rank", 2),
                        Map.entry("dimensions", "[2, 3]"),
                        Map.entry("regular", true),
                        Map.entry("scan", "2xfm:scan2"),
                        Map.entry("time", "NOV 24, 2026 10:15:20.5"),
                        Map.entry("pointsDone", 1),
                        Map.entry("positioner/2xfm:m13.VAL", "Sample Y"),
                        Map.entry("positioner/2xfm:m13.VAL@units", "mm"),
                        Map.entry("positioner/2xfm:m13.VAL@mode", "LINEAR"),
                        Map.entry("positioner/2xfm:m13.VAL@readback", "2xfm:m13.RBV"),
                        Map.entry("positioner/2xfm:m13.VAL@dimension", 2),
                        Map.entry("positioner/2xfm:m12.VAL", "Sample X"),
                        Map.entry("positioner/2xfm:m12.VAL@units", "mm"),
                        Map.entry("positioner/2xfm:m12.VAL@mode", "FLY"),
                        Map.entry("positioner/2xfm:m12.VAL@dimension", 1),
                        Map.entry("detector/2xfm:scaler.S2", "2xfm:scaler.S2"),
                        Map.entry("detector/2xfm:scaler.S2@units", "counts"),
                        Map.entry("trigger/2xfm:trigger", 1f),
                        Map.entry("pv/S:SRcurrent", 102.25),
                        Map.entry("pv/S:SRcurrent@units", "mA"),
                        Map.entry("pv/S:SRcurrent@description", "ring"),
                        Map.entry("pv/user:note", "hello"),
                        Map.entry("pv/mca:roi", "[2]"),
                        Map.entry("pv/mca:roi@description", "regions"),
                        Map.entry("pv/user:long", "bytes")));
    }

    @Test
    void theFirstBytesTellTheFormatNotTheName() throws IOException {
        assertThat(read("a.dat", Headers.cbf())).containsEntry("format", "CBF");
        assertThat(read("a.tif", Headers.edf())).containsEntry("format", "EDF").containsEntry("width", 4L);
        assertThat(read("a.edf", Headers.tiff(ByteOrder.BIG_ENDIAN, false, 1))).containsEntry("format", "TIFF");
    }

    @Test
    void whatIsOfNoKnownFormatHasNoMetadata() throws IOException {
        assertThat(read("a.txt", "hello".getBytes(StandardCharsets.US_ASCII))).isEmpty();
        assertThat(read("a.json", "{\"a\": \"b=c;\"}".getBytes(StandardCharsets.US_ASCII)))
                .isEmpty();
        assertThat(read("empty", new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.tif | hello | it is called .tif but does not begin as TIFF files do",
                "a.TIFF | '' | it is empty",
                "a.h5 | hello | it is called .h5 but does not begin as HDF5 files do",
                "a.edf | '0       X X' | it is called .edf but does not begin as EDF files do",
                "a.spe | '#F spec.dat' | it is called .spe but does not begin as SPE files do",
                "a.mda | hello | it is called .mda but does not begin as MDA files do"
            })
    void aFileThatIsNotWhatItsNamePromisesIsTold(String name, String text, String expected) throws IOException {
        assertThat(read(name, text.getBytes(StandardCharsets.ISO_8859_1))).isEqualTo(Map.of("unreadable", expected));
    }

    @ParameterizedTest
    @CsvSource({
        "classic.tif, 30, it points to byte",
        "frame.edf, 300, its header has no end",
        "frame.cbf, 500, it has no binary section",
        "new.spe, 4100, its XML would begin at byte 4184 of 4100",
        "new.spe, 4700, its XML is damaged at line",
        "scan.mda, 150, it points to byte",
        "scan.mda, 400, it points to byte"
    })
    void aFileThatWasCutShortIsTold(String name, int length, String expected) throws IOException {
        byte[] bytes = Headers.all().get(name);
        assertThat(length).isLessThan(bytes.length);
        assertThat(read(name, Arrays.copyOf(bytes, length)).get("unreadable").toString())
                .startsWith(expected);
    }

    @Test
    void aHeaderWithoutEndIsGivenUpAtItsBound() throws IOException {
        assertThat(read("a.edf", ("{\na = 1 ;\n" + "x".repeat(1 << 20)).getBytes(StandardCharsets.US_ASCII)))
                .containsEntry("unreadable", "its header has no end in the first 131072 bytes");
        assertThat(read("a.cbf", ("###CBF: VERSION 1\n" + "x\n".repeat(1 << 20)).getBytes(StandardCharsets.US_ASCII)))
                .containsEntry("unreadable", "its binary section does not begin in the first 262144 bytes");
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPipeOrALinkIsNotOpened() throws Exception {
        Path pipe = directory.resolve("pipe.tif");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThat(FileMetadata.of(pipe, MetadataPolicy.everything()))
                .containsEntry("unreadable", "it is not a regular file");
        Path link = Files.createSymbolicLink(directory.resolve("link.tif"), directory.resolve("secret"));
        assertThat(FileMetadata.of(link, MetadataPolicy.everything()))
                .containsEntry("unreadable", "it is not a regular file");
        assertThatThrownBy(() -> FileMetadata.of(directory.resolve("gone"), MetadataPolicy.everything()))
                .isInstanceOf(NoSuchFileException.class);
    }

    /** A sparse file of 1 TB: the time shows that its data is not touched. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theSizeOfTheDataDoesNotMatter() throws IOException {
        for (Map.Entry<String, byte[]> format : Headers.all().entrySet()) {
            if ("new.spe".equals(format.getKey())) {
                continue;
            }
            Path file = Files.write(directory.resolve(format.getKey()), format.getValue());
            Map<String, Object> small = FileMetadata.of(file, MetadataPolicy.everything());
            try (var channel = java.nio.channels.FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
                channel.write(java.nio.ByteBuffer.allocate(1), 1L << 40);
            }
            assertThat(FileMetadata.of(file, MetadataPolicy.everything()))
                    .as(format.getKey())
                    .isEqualTo(small);
        }
    }

    @Test
    void realFilesAreRead() throws IOException {
        Path data = Path.of(System.getProperty("lightpipe.shared", "../../shared/data"));
        if (!"true".equals(System.getenv("CI"))) {
            Assumptions.assumeTrue(Files.isDirectory(data), data + " with example files is not there");
        }
        assertThat(FileMetadata.of(data.resolve("gixs/galaxi_data.tif"), MetadataPolicy.everything()))
                .containsEntry("width", 981)
                .containsEntry("height", 1043)
                .containsEntry("type", "int32")
                .containsEntry("model", "PILATUS 1M, S/N 10-0126")
                .containsEntry("pages", 1);
        assertThat(FileMetadata.of(
                        data.resolve("detector_tiff/Staff20-1a_S0054_00007.tif"), MetadataPolicy.everything()))
                .containsEntry("width", 256)
                .containsEntry("height", 256)
                .containsEntry("areaDetector/uniqueId", 245364L)
                .doesNotContainKey("unreadable");
        assertThat(FileMetadata.of(data.resolve("laue/1per_2d_5.SPE"), MetadataPolicy.everything()))
                .containsEntry("format", "SPE")
                .containsEntry("time", "05Oct2007 10:41:27")
                .doesNotContainKey("unreadable");
        assertThat(FileMetadata.of(data.resolve("xrf/2xfm_0010.mda"), MetadataPolicy.everything()))
                .containsEntry("scanNumber", 10)
                .containsEntry("dimensions", "[11, 11, 2000]")
                .containsEntry("time", "OCT 28, 2015 18:18:43.747055")
                .containsEntry("positioner/2xfm:m13.VAL", "Sample Y")
                .doesNotContainKey("unreadable");
    }
}
