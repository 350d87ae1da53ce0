package org.lightpipe.gpu.xpcs;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The pixels that are read, in an order in which each bin is one range: by dynamic bin, then by static bin. Pixels of
 * static bins alone follow, then those of no bin. A masked pixel is in no bin.
 *
 * @param order the pixel of the detector, {@code row·columns + column}, at each position
 * @param cells in their order; they fill all positions
 * @param binned the positions before it belong to bins
 * @param dynamicBins the largest number of one
 * @param staticBins the largest number of one
 * @param filledStatic the static bins that the map holds, masked pixels included, in their order
 */
record Partition(
        int[] order, List<Cell> cells, int binned, int dynamicBins, int staticBins, List<Integer> filledStatic) {

    private static final int NOT_READ = -1;

    private record Key(int dynamicBin, int staticBin) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            // bin 0 is none and comes last
            int byDynamic = Integer.compareUnsigned(dynamicBin - 1, other.dynamicBin - 1);
            return byDynamic != 0 ? byDynamic : Integer.compareUnsigned(staticBin - 1, other.staticBin - 1);
        }
    }

    /**
     * @param cropRatio where a smaller share of the detector than this is unmasked, masked pixels are not read
     */
    static Partition of(QMap map, double cropRatio) {
        int unmasked = 0;
        for (boolean use : map.mask()) {
            unmasked += use ? 1 : 0;
        }
        boolean cropped = unmasked < cropRatio * map.mask().length;
        return build(map, pixel -> map.mask()[pixel] || !cropped);
    }

    /** @return only the pixels of some dynamic bins, which is all that a two-time correlation alone needs */
    static Partition of(QMap map, SortedSet<Integer> dynamicBins) {
        return build(map, pixel -> map.mask()[pixel] && dynamicBins.contains(map.dynamicBins()[pixel]));
    }

    private interface Kept {
        boolean test(int pixel);
    }

    private static Partition build(QMap map, Kept kept) {
        Map<Key, Integer> numbers = new HashMap<>();
        List<Integer> counts = new ArrayList<>();
        SortedSet<Integer> filled = new TreeSet<>();
        int[] numberOf = new int[map.mask().length];
        Key before = null;
        int number = NOT_READ;
        int read = 0;
        for (int pixel = 0; pixel < numberOf.length; pixel++) {
            if (map.staticBins()[pixel] > 0) {
                filled.add(map.staticBins()[pixel]);
            }
            numberOf[pixel] = NOT_READ;
            if (kept.test(pixel)) {
                Key key = key(map, pixel);
                if (!key.equals(before)) {
                    before = key;
                    number = numbers.computeIfAbsent(key, added -> numbers.size());
                    if (number == counts.size()) {
                        counts.add(0);
                    }
                }
                numberOf[pixel] = number;
                counts.set(number, counts.get(number) + 1);
                read++;
            }
        }
        List<Cell> cells = new ArrayList<>();
        int[] next = new int[counts.size()];
        int binned = 0;
        int position = 0;
        for (Map.Entry<Key, Integer> entry : new TreeMap<>(numbers).entrySet()) {
            int to = position + counts.get(entry.getValue());
            cells.add(new Cell(entry.getKey().dynamicBin(), entry.getKey().staticBin(), position, to));
            next[entry.getValue()] = position;
            position = to;
            binned = entry.getKey().staticBin() > 0 ? to : binned;
        }
        int[] order = new int[read];
        for (int pixel = 0; pixel < numberOf.length; pixel++) {
            if (numberOf[pixel] != NOT_READ) {
                order[next[numberOf[pixel]]++] = pixel;
            }
        }
        return new Partition(
                order,
                List.copyOf(cells),
                binned,
                largest(map.dynamicBins()),
                largest(map.staticBins()),
                List.copyOf(filled));
    }

    private static Key key(QMap map, int pixel) {
        return map.mask()[pixel] ? new Key(map.dynamicBins()[pixel], map.staticBins()[pixel]) : new Key(0, 0);
    }

    private static int largest(int[] bins) {
        int largest = 0;
        for (int bin : bins) {
            largest = Math.max(largest, bin);
        }
        return largest;
    }

    /** @return the numbers of the dynamic bins that have pixels */
    SortedSet<Integer> filledDynamic() {
        SortedSet<Integer> filled = new TreeSet<>();
        cells.stream().map(Cell::dynamicBin).filter(bin -> bin > 0).forEach(filled::add);
        return Collections.unmodifiableSortedSet(filled);
    }

    /** @return the cells of a dynamic bin, which follow each other */
    List<Cell> of(int dynamicBin) {
        return cells.stream().filter(cell -> cell.dynamicBin() == dynamicBin).toList();
    }
}
