package org.lightpipe.gpu.hdf5;

import java.util.ArrayList;
import java.util.List;

/**
 * What a part of the dataset is.
 *
 * @param here the part
 * @param there what it is made of, in the same order
 */
record VirtualMapping(String file, String dataset, Selection here, Selection there) {

    /** Whether there is one source for each block, told apart by its number. */
    boolean numbered() {
        return file.replace("%%", "").contains("%b")
                || dataset.replace("%%", "").contains("%b");
    }

    VirtualMapping number(long number) {
        return new VirtualMapping(name(file, number), name(dataset, number), here, there);
    }

    private static String name(String pattern, long number) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char letter = pattern.charAt(i);
            char next = letter == '%' && i + 1 < pattern.length() ? pattern.charAt(i + 1) : ' ';
            if (next == 'b') {
                name.append(number);
                i++;
            } else if (next == '%') {
                name.append('%');
                i++;
            } else {
                name.append(letter);
            }
        }
        return name.toString();
    }

    /** The dimension of the dataset without an end; -1 if there is none. */
    int endless() {
        return endless(here);
    }

    static int endless(Selection selection) {
        for (int i = 0; i < selection.axes().length; i++) {
            if (selection.axes()[i].endless()) {
                return i;
            }
        }
        return -1;
    }

    /** @param block what the global heap has of a dataset */
    static List<VirtualMapping> parse(Cursor block, Dataspace space) {
        int rank = space.rank();
        block.version(0);
        long count = block.length();
        List<VirtualMapping> found = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            String file = block.zeroEnded();
            String dataset = block.zeroEnded();
            Selection there = Selection.parse(block);
            Selection here = Selection.parse(block);
            if (here == null || there == null) {
                continue;
            }
            here = here.within(space.present());
            if (here.axes().length != rank) {
                throw block.damaged("is about " + here.axes().length + " dimensions instead of " + rank);
            }
            found.add(new VirtualMapping(file, dataset, here, there));
        }
        block.checksum();
        return List.copyOf(found);
    }

    /** What is taken of a source of this shape. */
    Selection there(long[] shape) {
        Selection whole = there.within(shape);
        if (whole.axes().length != shape.length) {
            throw Refusal.damaged(
                    dataset + " in " + file + " has " + shape.length + " dimensions instead of " + whole.axes().length);
        }
        return whole;
    }

    /**
     * Which dimension of this dataset each dimension of a source is. Those of which only one element is chosen do not
     * matter; the others must follow each other with the same lengths.
     *
     * @return -1 for a dimension that does not matter
     */
    static int[] match(Selection here, Selection there, long[] length) {
        int[] match = new int[there.axes().length];
        int mine = 0;
        for (int i = 0; i < match.length; i++) {
            long chosen = Math.min(there.axes()[i].chosen(), there.axes()[i].before(length[i]));
            boolean endless = there.axes()[i].endless();
            while (mine < here.axes().length && here.axes()[mine].chosen() == 1) {
                mine++;
            }
            long wanted = mine < here.axes().length ? here.axes()[mine].chosen() : 1;
            boolean same =
                    wanted == there.axes()[i].chosen() || endless && (wanted == chosen || wanted == Long.MAX_VALUE);
            if (mine < here.axes().length && same) {
                match[i] = mine++;
            } else if (chosen <= 1) {
                match[i] = -1;
            } else {
                throw other();
            }
        }
        for (; mine < here.axes().length; mine++) {
            if (here.axes()[mine].chosen() != 1) {
                throw other();
            }
        }
        return match;
    }

    private static Refusal other() {
        return Refusal.unsupported("it is made of parts that have another shape in their sources, which is not read");
    }
}
