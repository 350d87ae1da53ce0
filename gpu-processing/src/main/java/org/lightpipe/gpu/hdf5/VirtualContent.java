package org.lightpipe.gpu.hdf5;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Values that lie in other datasets, of this file or of files beside it. What is not there is the fill value. */
final class VirtualContent implements Content {

    private static final int MOST_PARTS = 1_000_000;
    private static final int MOST_NUMBERED = 100_000;

    /** Parts that are larger are read by several threads. */
    private static final long LARGE_PART = 1 << 22;

    private final Store store;
    private final OpenFiles files;
    private final int depth;
    private final Datatype type;
    private final byte[] fill;
    private final List<VirtualMapping> mappings;
    private final long[] shape;

    /**
     * What one source gives for a block.
     *
     * @param alone whether the block is nothing else, so that it was not filled before
     */
    private record Part(VirtualMapping mapping, long[] offset, int[] count, Target target, boolean alone) {

        /** The same part of a range of the block in one dimension. */
        Part range(int dimension, int from, int to) {
            long[] moved = offset.clone();
            moved[dimension] += from;
            int[] some = count.clone();
            some[dimension] = to - from;
            long[] within = new long[offset.length];
            within[dimension] = from;
            return new Part(mapping, moved, some, target.from(within), alone);
        }
    }

    /**
     * @param mappings what {@link #mappings} read
     * @param depth how many virtual datasets this one is within
     */
    VirtualContent(
            Store store, OpenFiles files, int depth, Datatype type, byte[] fill, Cursor mappings, Dataspace space)
            throws IOException {
        this.store = store;
        this.files = files;
        this.depth = depth;
        this.type = type;
        this.fill = fill;
        this.mappings = VirtualMapping.parse(mappings, space);
        this.shape = extent(space);
    }

    /** The shape as the sources have it now. */
    long[] shape() {
        return shape;
    }

    /** What grows with its sources is as long as they are at the moment. */
    private long[] extent(Dataspace space) throws IOException {
        long[] extent = space.present().clone();
        boolean[] grows = new boolean[extent.length];
        long[] found = new long[extent.length];
        for (VirtualMapping mapping : mappings) {
            int dimension = mapping.endless();
            for (int i = 0; i < extent.length; i++) {
                Selection.Axis axis = mapping.here().axes()[i];
                if (i == dimension && space.most()[i] == Cursor.UNDEFINED) {
                    grows[i] = true;
                    long chosen = mapping.numbered() ? numbered(mapping, axis) : available(mapping);
                    found[i] = Math.max(found[i], chosen == 0 ? 0 : axis.place(chosen - 1) + 1);
                } else if (!axis.endless()) {
                    found[i] = Math.max(found[i], axis.place(axis.chosen() - 1) + 1);
                }
            }
        }
        for (int i = 0; i < extent.length; i++) {
            if (grows[i]) {
                extent[i] = found[i];
            }
        }
        return extent;
    }

    /** How many elements the numbered sources that there are give. */
    private long numbered(VirtualMapping mapping, Selection.Axis axis) throws IOException {
        long number = 0;
        while (number < MOST_NUMBERED) {
            VirtualMapping one = mapping.number(number);
            if (!files.useSource(store, one.file(), one.dataset(), depth, Optional::isPresent)) {
                break;
            }
            number++;
        }
        return number * axis.block();
    }

    /** How many elements the source gives in its dimension without an end. */
    private long available(VirtualMapping mapping) throws IOException {
        return files.useSource(store, mapping.file(), mapping.dataset(), depth, source -> {
            if (source.isEmpty()) {
                return 0L;
            }
            long[] length = source.get().shape();
            Selection there = mapping.there(length);
            int dimension = VirtualMapping.endless(there);
            return dimension < 0 || dimension >= length.length ? 0L : there.axes()[dimension].before(length[dimension]);
        });
    }

    @Override
    public Pieces pieces(long[] offset, int[] count, Target target) {
        List<Part> found = new ArrayList<>();
        for (VirtualMapping mapping : mappings) {
            if (mapping.numbered() && mapping.endless() >= 0) {
                addNumbered(mapping, offset, count, target, found);
            } else {
                addPart(mapping, offset, count, target, found);
            }
        }
        List<Part> parts = new ArrayList<>();
        boolean alone = found.size() == 1 && covers(found.get(0));
        if (!alone) {
            target.fill(fill, count);
        }
        for (Part part : found) {
            split(new Part(part.mapping(), offset, count, target, alone), parts);
        }
        return new Pieces() {
            @Override
            public int count() {
                return parts.size();
            }

            @Override
            public void read(int piece) throws IOException {
                VirtualContent.this.read(parts.get(piece));
            }
        };
    }

    private static boolean covers(Part part) {
        for (int i = 0; i < part.offset().length; i++) {
            Selection.Axis axis = part.mapping().here().axes()[i];
            long chosen = axis.before(part.offset()[i] + part.count()[i]) - axis.before(part.offset()[i]);
            if (chosen != part.count()[i]) {
                return false;
            }
        }
        return true;
    }

    /** Cuts a large part along its first dimension. */
    private void split(Part part, List<Part> parts) {
        int dimension = 0;
        while (dimension < part.count().length - 1 && part.count()[dimension] == 1) {
            dimension++;
        }
        long bytes = type.size();
        for (int length : part.count()) {
            bytes *= length;
        }
        int length = part.count()[dimension];
        int ranges = (int) Math.max(1, Math.min(length, bytes / LARGE_PART));
        for (int i = 0; i < ranges; i++) {
            parts.add(part.range(
                    dimension, (int) ((long) length * i / ranges), (int) ((long) length * (i + 1) / ranges)));
        }
    }

    private void addNumbered(VirtualMapping mapping, long[] offset, int[] count, Target target, List<Part> parts) {
        int dimension = mapping.endless();
        Selection.Axis axis = mapping.here().axes()[dimension];
        if (axis.block() == Cursor.UNDEFINED) {
            throw Refusal.damaged("it has numbered sources for a block without an end");
        }
        long first = Math.max(0, (offset[dimension] - axis.start()) / axis.stride());
        for (long number = first; ; number++) {
            long start = axis.start() + number * axis.stride();
            if (start >= offset[dimension] + count[dimension]) {
                return;
            }
            Selection.Axis[] axes = mapping.here().axes().clone();
            axes[dimension] = new Selection.Axis(start, axis.block(), 1, axis.block());
            VirtualMapping named = mapping.number(number);
            VirtualMapping one =
                    new VirtualMapping(named.file(), named.dataset(), new Selection(axes), mapping.there());
            addPart(one, offset, count, target, parts);
        }
    }

    /** Adds what a source gives for a block, if anything. */
    private void addPart(VirtualMapping mapping, long[] offset, int[] count, Target target, List<Part> parts) {
        for (int i = 0; i < offset.length; i++) {
            Selection.Axis axis = mapping.here().axes()[i];
            if (axis.before(offset[i] + count[i]) <= axis.before(offset[i])) {
                return;
            }
        }
        if (parts.size() >= MOST_PARTS) {
            throw Refusal.unsupported("it is made of too many parts");
        }
        parts.add(new Part(mapping, offset, count, target, false));
    }

    private void read(Part part) throws IOException {
        VirtualMapping mapping = part.mapping();
        files.useSource(store, mapping.file(), mapping.dataset(), depth, found -> {
            if (found.isPresent()) {
                StoredDataset source = found.get();
                Datatype other = source.type();
                if (other.kind() != type.kind()
                        || other.size() != type.size()
                        || other.number() != type.number()
                        || other.turned() != type.turned()) {
                    throw Refusal.unsupported("it holds " + type.words() + ", and " + mapping.dataset() + " in "
                            + mapping.file() + ", of which it is made, " + other.words() + ", which is not read");
                }
                read(part, source);
            } else if (part.alone()) {
                part.target().fill(fill, part.count());
            }
            return null;
        });
    }

    private void read(Part part, StoredDataset source) throws IOException {
        long[] length = source.shape();
        Selection there = part.mapping().there(length);
        int[] match = VirtualMapping.match(part.mapping().here(), there, length);
        int rank = length.length;
        // by which chosen elements of the source the block is made, in each of its dimensions
        long[] from = new long[rank];
        long[] to = new long[rank];
        boolean whole = true;
        for (int i = 0; i < rank; i++) {
            long most = there.axes()[i].before(length[i]);
            if (match[i] < 0) {
                from[i] = 0;
                to[i] = Math.min(1, most);
            } else {
                Selection.Axis here = part.mapping().here().axes()[match[i]];
                long begin = part.offset()[match[i]];
                from[i] = here.before(begin);
                long end = here.before(begin + part.count()[match[i]]);
                to[i] = Math.min(most, end);
                whole &= most >= end;
            }
            whole &= from[i] < to[i];
        }
        if (!whole && part.alone()) {
            part.target().fill(fill, part.count());
        }
        for (int i = 0; i < rank; i++) {
            if (from[i] >= to[i]) {
                return;
            }
        }
        copy(part, source, there, match, from, to, new long[rank], new int[rank], 0);
    }

    /** Goes through the stretches in which both sides have their elements together. */
    private void copy(
            Part part,
            StoredDataset source,
            Selection there,
            int[] match,
            long[] from,
            long[] to,
            long[] offset,
            int[] count,
            int dimension)
            throws IOException {
        if (dimension == from.length) {
            readBlock(part, source, match, from, there, offset, count);
            return;
        }
        Selection.Axis mine = match[dimension] < 0
                ? there.axes()[dimension]
                : part.mapping().here().axes()[match[dimension]];
        long begin = from[dimension];
        for (long at = begin; at < to[dimension]; ) {
            long some = Math.min(
                    there.axes()[dimension].together(at, to[dimension] - at), mine.together(at, to[dimension] - at));
            offset[dimension] = there.axes()[dimension].place(at);
            count[dimension] = (int) some;
            from[dimension] = at;
            copy(part, source, there, match, from, to, offset, count, dimension + 1);
            at += some;
        }
        from[dimension] = begin;
    }

    private static void readBlock(
            Part part, StoredDataset source, int[] match, long[] numbers, Selection there, long[] offset, int[] count)
            throws IOException {
        Target target = part.target();
        long at = target.at();
        long[] strides = new long[match.length];
        boolean[] used = new boolean[part.offset().length];
        for (int i = 0; i < match.length; i++) {
            if (match[i] < 0) {
                strides[i] = source.type().size();
            } else {
                used[match[i]] = true;
                Selection.Axis here = part.mapping().here().axes()[match[i]];
                strides[i] = target.strides()[match[i]];
                at += (here.place(numbers[i]) - part.offset()[match[i]]) * strides[i];
            }
        }
        for (int i = 0; i < used.length; i++) {
            if (!used[i]) {
                // one element, wherever it is
                Selection.Axis here = part.mapping().here().axes()[i];
                at += (here.place(0) - part.offset()[i]) * target.strides()[i];
            }
        }
        source.content()
                .pieces(offset.clone(), count.clone(), new Target(target.values(), at, strides))
                .readAll();
    }
}
