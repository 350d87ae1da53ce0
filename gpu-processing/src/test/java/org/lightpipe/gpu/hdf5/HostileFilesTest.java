package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.WorkPool;

/** Files that are whole and ask for more than there is. */
class HostileFilesTest {

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(2);
    private static final WorkPool POOL = new WorkPool(THREADS, 2);

    @TempDir
    static Path directory;

    @BeforeAll
    static void make() throws Exception {
        Peer.python("hostile.py", directory);
    }

    @AfterAll
    static void stop() {
        THREADS.shutdownNow();
    }

    private interface Reading {
        void read(Hdf5File file) throws Exception;
    }

    private static void assertRefused(String name, Reading reading, String... words) throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve(name))) {
            assertThatThrownBy(() -> reading.read(file))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageStartingWith(name + ": ")
                    .hasMessageContainingAll(words);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "data,0,a compressed chunk is larger than 20000 bytes",
        "data,1,a compressed chunk ends too early",
        "data,2,a chunk has 19999 bytes instead of 20000",
        "data,3,a compressed chunk is larger than 20000 bytes",
        "lz4,0,says that it has 1099511627776 bytes",
        "bits,0,says that it has 1099511627776 bytes"
    })
    void nothingGrowsBeyondItsChunk(String dataset, int frame, String words) throws Exception {
        assertRefused(
                "bomb.h5",
                file -> file.require("/" + dataset, "").floats(new int[] {frame, 0, 0}, new int[] {1, 100, 100}),
                "/" + dataset + " cannot be read (",
                words);
        // so it is for frames
        assertRefused(
                "bomb.h5",
                file -> file.frames(file.require("/" + dataset, ""), POOL)
                        .forEachBlock(frame, frame + 1, 0, block -> {}),
                words);
    }

    @Test
    void whatIsTooLargeIsSaid() throws Exception {
        assertRefused(
                "large.h5",
                file -> file.require("/chunk", "").floats(new int[3], new int[] {1, 1, 1}),
                "/chunk",
                "[1, 30000, 30000]",
                "larger -Xmx");
        assertRefused(
                "large.h5",
                file -> file.frames(file.require("/frame", ""), POOL),
                "/frame has frames of 30000 x 30000 pixels",
                "larger -Xmx");
        assertRefused(
                "large.h5", file -> file.require("/shape", "").shape(), "/shape has the shape [1099511627776, 4, 4]");
        assertRefused("large.h5", file -> file.frames(file.require("/frames", ""), POOL), "too many frames");
        assertRefused("large.h5", file -> file.strings("/texts"), "more than fit the memory");
        assertRefused("large.h5", file -> file.require("/frame", "").allDoubles(), "more values than fit the memory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"earliest", "latest"})
    void aTerabyteIsReadInLittleMemory(String version) throws Exception {
        try (Hdf5File file = Hdf5File.open(directory.resolve("terabyte_" + version + ".h5"))) {
            assertThat(file.largestImages().orElseThrow().shape()).containsExactly(1_000_000, 1024, 512);
            for (String name : new String[] {"/fixed", "/growing"}) {
                Hdf5Dataset dataset = file.require(name, "");
                assertThat(dataset.floats(new int[3], new int[] {1, 1, 2})).containsOnly(1);
                List<Float> seen = new ArrayList<>();
                try (FrameSource frames = file.frames(dataset, POOL)) {
                    float[] pixels = new float[1024 * 512];
                    frames.forEachBlock(999_990, 1_000_000, 0, block -> {
                        for (int i = 0; i < block.frames(); i++) {
                            block.floats(i, pixels);
                            seen.add(pixels[pixels.length - 1]);
                        }
                    });
                }
                assertThat(seen).containsExactly(9f, 9f, 9f, 9f, 9f, 2f, 9f, 9f, 9f, 3f);
            }
        }
    }

    @Test
    void whatIsNotAFile() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.h5"));
        Path text = Files.writeString(directory.resolve("text.h5"), "II*\0 a TIFF, say");
        assertThatThrownBy(() -> Hdf5File.open(empty)).hasMessage(empty + ": is empty");
        assertThatThrownBy(() -> Hdf5File.open(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("text.h5: is not an HDF5 file, or a damaged one");
        assertThatThrownBy(() -> Hdf5File.open(directory)).hasMessage(directory + ": is not a file");
        assertThatThrownBy(() -> Hdf5File.open(directory.resolve("none.h5")))
                .hasMessageEndingWith("there is no such file");
    }

    @Test
    void linksLeadOnlyToFilesBeside() throws Exception {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Path inside = Files.createDirectory(directory.resolve("inside"));
        try (Hdf5Writer writer = Hdf5Writer.create(outside.resolve("frames.h5"))) {
            writer.dataset("/frames", new int[][] {{1, 2}, {3, 4}}, "");
        }
        Path link = inside.resolve("link.h5");
        try (Hdf5Writer writer = Hdf5Writer.create(link)) {
            writer.externalLink("/up", "../outside/frames.h5", "/frames");
            writer.externalLink("/symbolic", "symbolic.h5", "/frames");
            writer.externalLink("/missing", "missing.h5", "/frames");
            writer.externalLink("/beside", "beside.h5", "/frames");
            writer.externalLink("/circle", "link.h5", "/circle");
        }
        Files.createSymbolicLink(inside.resolve("symbolic.h5"), outside.resolve("frames.h5"));
        Files.copy(outside.resolve("frames.h5"), inside.resolve("beside.h5"));
        try (Hdf5File file = Hdf5File.open(link)) {
            for (String name : new String[] {"/up", "/symbolic"}) {
                assertThatThrownBy(() -> file.find(name))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessage("link.h5: " + name + " is a link to a file outside the directory of this one, which"
                                + " is not followed");
            }
            assertThatThrownBy(() -> file.find("/missing"))
                    .hasMessage("link.h5: /missing is a link to the file missing.h5, which is not there");
            assertThatThrownBy(() -> file.find("/circle")).hasMessageContaining("leads in a circle");
            assertThat(file.require("/beside", "").allDoubles()).containsExactly(1, 2, 3, 4);
        }
    }
}
