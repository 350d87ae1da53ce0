package org.lightpipe.gpu.xpcs;

import java.util.ArrayList;
import java.util.List;

/**
 * The delays of the multi-tau scheme, four per level: 1 to 8 samples, then 10, 12, 14, 16, then 20, 24, 28, 32, and so
 * on. The series of level l holds sums of 2^l samples; an odd last one is dropped from level to level.
 *
 * @param samples how many samples are correlated, at least 2
 * @param levels from level 0 on
 */
record Delays(int samples, List<Level> levels) {

    /** The longest lag within a level, in its own samples: what each level remembers. */
    static final int LONGEST = 8;

    /** As many segments of the mean intensity as boost_corr keeps at most. */
    private static final int SEGMENTS = 16;

    private static final int PER_LEVEL = 4;

    /**
     * One level.
     *
     * @param number the sums are of 2^number samples
     * @param samples how many sums there are
     * @param firstLag the shortest lag in sums
     * @param lags how many lags, each one longer than the one before
     * @param firstDelay the place of the shortest one in the list of delays
     */
    record Level(int number, int samples, int firstLag, int lags, int firstDelay) {

        /** @return lags that are computed, also where the last of them are too long to be of use */
        int slots() {
            return number == 0 ? 2 * PER_LEVEL : PER_LEVEL;
        }

        /** @return samples in a sum */
        double scale() {
            return Math.scalb(1.0, number);
        }
    }

    static Delays of(int samples) {
        List<Level> levels = new ArrayList<>();
        levels.add(new Level(0, samples, 1, Math.min(2 * PER_LEVEL, samples - 1), 0));
        int delays = levels.get(0).lags();
        for (int number = 1; samples >> number > PER_LEVEL + 1; number++) {
            int sums = samples >> number;
            int lags = Math.min(PER_LEVEL, sums - PER_LEVEL - 1);
            levels.add(new Level(number, sums, PER_LEVEL + 1, lags, delays));
            delays += lags;
        }
        return new Delays(samples, List.copyOf(levels));
    }

    /** @return how many delays there are */
    int count() {
        Level last = levels.get(levels.size() - 1);
        return last.firstDelay() + last.lags();
    }

    /** @return the delays in samples */
    long[] taus() {
        long[] taus = new long[count()];
        for (Level level : levels) {
            for (int i = 0; i < level.lags(); i++) {
                taus[level.firstDelay() + i] = (long) (level.firstLag() + i) << level.number();
            }
        }
        return taus;
    }

    /** @return all slots of all levels */
    int slots() {
        return levels.stream().mapToInt(Level::slots).sum();
    }

    /** @return the level whose sums are the segments of the mean intensity: the first with at most 16 */
    Level segments() {
        return levels.stream()
                .filter(level -> level.samples() <= SEGMENTS)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no level of " + samples + " samples has few enough"));
    }
}
