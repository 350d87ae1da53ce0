package org.lightpipe.gpu.xpcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lightpipe.gpu.FrameStack;

/** Frames that are read several times, because not all pixels fit into the memory. */
class CorrelationTest {

    static List<String> backends() {
        return Place.backends().toList();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void severalPassesGiveTheSame(String backend) throws Exception {
        Scan scan = Scan.speckles(90, 17, 15, 3, 2);
        Partition partition = Partition.of(scan.qmap(), 0.5);
        try (Place place = Place.on(backend)) {
            Averages atOnce = correlate(scan, partition, place, partition.binned(), new ArrayList<>());
            List<Integer> passes = new ArrayList<>();
            Averages inParts = correlate(scan, partition, place, 50, passes);
            assertThat(passes.stream().distinct()).hasSize((partition.binned() + 49) / 50);
            for (int k = 0; k < atOnce.g2().length; k++) {
                assertThat(inParts.g2()[k]).containsExactly(atOnce.g2()[k], within(1e-6f));
                assertThat(inParts.error()[k]).containsExactly(atOnce.error()[k], within(1e-6f));
            }
        }
    }

    private static Averages correlate(Scan scan, Partition partition, Place place, int perPass, List<Integer> passes)
            throws Exception {
        Delays delays = Delays.of(scan.frames().length);
        SampleReader reader = new SampleReader(
                FrameStack.of(scan.frames()),
                new FrameSelection(0, 1, 1, scan.frames().length),
                partition.order(),
                place.threads(),
                16);
        Correlation correlation =
                new Correlation(reader, partition, delays, partition.binned(), place.compute(), perPass);
        CellSums sums = correlation.run(true, Optional.empty(), (pass, block) -> passes.add(pass));
        return Averages.of(sums, partition);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void noMorePixelsAreTakenThanFit(String backend) throws Exception {
        Scan scan = Scan.speckles(2, 17, 15, 3, 2);
        Partition partition = Partition.of(scan.qmap(), 0.5);
        try (Place place = Place.on(backend)) {
            Delays delays = Delays.of(100_000);
            assertThat(Correlation.pixelsPerPass(delays, partition, 64, place.compute(), 2))
                    .isEqualTo(partition.order().length);
            assertThat(Correlation.pixelsPerPass(delays, partition, 1 << 25, place.compute(), Integer.MAX_VALUE))
                    .isLessThanOrEqualTo(2);
        }
    }
}
