package org.lightpipe.gpu.hdf5;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lightpipe.gpu.core.FrameSource;
import org.lightpipe.gpu.core.WorkPool;

/** A scan is read while the detector still writes it: whatever frames there are, are whole. */
class SwmrTest {

    @TempDir
    Path directory;

    @Test
    void framesThatAreThereAreWhole() throws Exception {
        Peer.needPython();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<?> writer = threads.submit(() -> Peer.python("swmr_live.py", directory));
            Path scan = directory.resolve("scan.h5");
            while (!scan.toFile().exists() && !writer.isDone()) {
                Thread.sleep(10);
            }
            int looks = 0;
            int most = 0;
            boolean last = false;
            while (!last) {
                // one more look when all is there
                last = writer.isDone();
                for (String name : new String[] {"/plain", "/packed"}) {
                    most = Math.max(most, look(scan, name, new WorkPool(threads, 2)));
                }
                looks++;
            }
            writer.get(1, TimeUnit.MINUTES);
            assertThat(most).isEqualTo(2000);
            assertThat(looks).isGreaterThan(2);
        } finally {
            threads.shutdownNow();
        }
    }

    private static int look(Path scan, String name, WorkPool pool) throws Exception {
        try (Hdf5File file = Hdf5File.open(scan)) {
            Hdf5Dataset dataset = file.require(name, "it is there from the beginning");
            if (dataset.stored().shape()[0] == 0) {
                return 0;
            }
            try (FrameSource frames = file.frames(dataset, pool)) {
                float[] pixels = new float[30 * 40];
                frames.forEachBlock(0, frames.frames(), 0, block -> {
                    for (int i = 0; i < block.frames(); i++) {
                        block.floats(i, pixels);
                        assertThat(pixels).containsOnly(block.first() + i + 1);
                    }
                });
                return frames.frames();
            }
        }
    }
}
