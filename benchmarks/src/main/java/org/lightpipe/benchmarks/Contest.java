package org.lightpipe.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Measures several ways to do the same, one after the other in every round, so that a busy machine is unfair to none. */
final class Contest {

    /** One way to do it. */
    interface Contestant {
        /** Not measured: makes the disk look the same before everybody. */
        void prepare() throws Exception;

        /** Measured. */
        void run() throws Exception;

        /** Not measured: sees that it was done. */
        void check() throws Exception;
    }

    private record Took(double seconds, double processor) {}

    private final Map<String, Contestant> contestants = new LinkedHashMap<>();
    private final Map<String, List<Took>> times = new LinkedHashMap<>();
    private final Progress progress;

    Contest(Progress progress) {
        this.progress = progress;
    }

    void add(String name, Contestant contestant) {
        contestants.put(name, contestant);
        times.put(name, new ArrayList<>());
    }

    /** @param warmUp a round that does not count comes first */
    void run(String title, int rounds, boolean warmUp) throws Exception {
        for (int round = warmUp ? 0 : 1; round <= rounds; round++) {
            List<String> order = new ArrayList<>(contestants.keySet());
            // Whoever follows whom must not matter.
            Collections.rotate(order, round);
            for (String name : order) {
                Took took = measure(contestants.get(name));
                progress.say(String.format(
                        "%s, round %d of %d: %s %.2f s, %.2f s of processor",
                        title, round, rounds, name, took.seconds(), took.processor()));
                if (round > 0) {
                    times.get(name).add(took);
                }
            }
        }
    }

    private static Took measure(Contestant contestant) throws Exception {
        contestant.prepare();
        double processor = Machine.processorSeconds();
        long start = System.nanoTime();
        contestant.run();
        Took took = new Took((System.nanoTime() - start) / 1e9, Math.max(0.01, Machine.processorSeconds() - processor));
        contestant.check();
        return took;
    }

    /** Median time in seconds. */
    double median(String name) {
        return Median.of(times.get(name).stream().mapToDouble(Took::seconds));
    }

    /** Median of the processor time, over all cores, in seconds: what a busy machine does not change much. */
    double processor(String name) {
        return Median.of(times.get(name).stream().mapToDouble(Took::processor));
    }

    /** Median over the rounds of how many times longer one took than the other. */
    double ratio(String longer, String shorter) {
        List<Took> one = times.get(longer);
        List<Took> other = times.get(shorter);
        return Median.of(IntStream.range(0, one.size())
                .mapToDouble(i -> one.get(i).seconds() / other.get(i).seconds()));
    }
}
