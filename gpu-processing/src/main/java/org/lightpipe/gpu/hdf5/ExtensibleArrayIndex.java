package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/**
 * A table that grows: a first block with some entries and the addresses of the first data blocks, then of blocks of
 * addresses, each of which knows more and larger data blocks than the one before it.
 */
final class ExtensibleArrayIndex implements ChunkIndex {

    private final Store store;
    private final long[] steps;
    private final long chunkBytes;
    private final int type;
    private final int entrySize;
    private final int bits;
    private final int firstEntries;
    private final int leastEntries;
    private final int leastPointers;
    private final long pageEntries;
    private final long used;
    private final long first;
    private final RecentBlocks recent = new RecentBlocks();

    ExtensibleArrayIndex(Store store, Layout.Chunked layout, Dataspace space, long chunkBytes) throws IOException {
        this.store = store;
        this.chunkBytes = chunkBytes;
        int endless = 0;
        while (endless < space.rank() - 1 && space.most()[endless] != Cursor.UNDEFINED) {
            endless++;
        }
        this.steps = ChunkTable.steps(layout, space, endless);
        Cursor header = store.read(
                layout.address(), 12L + 6L * store.lengthSize() + store.offsetSize() + 4, "extensible array");
        header.signature("EAHD");
        header.version(0);
        type = header.u8();
        entrySize = header.u8();
        bits = header.u8();
        firstEntries = header.u8();
        leastEntries = header.u8();
        leastPointers = header.u8();
        int pageBits = header.u8();
        header.skip(4L * store.lengthSize());
        used = header.length();
        header.length();
        first = header.offset();
        header.checksum();
        if (entrySize < store.offsetSize()
                || bits < 1
                || bits > 62
                || Integer.bitCount(leastEntries) != 1
                || Integer.bitCount(leastPointers) != 1
                || leastPointers < 2
                || pageBits > 24
                || bits < Integer.numberOfTrailingZeros(leastEntries)) {
            throw header.damaged("says sizes that cannot be");
        }
        pageEntries = 1L << pageBits;
    }

    @Override
    public Place find(long[] chunk) throws IOException {
        long number = ChunkTable.number(chunk, steps);
        if (first == Cursor.UNDEFINED || number < 0 || number >= used) {
            return null;
        }
        int superBlocks = 1 + bits - Integer.numberOfTrailingZeros(leastEntries);
        int inFirst = 2 * Integer.numberOfTrailingZeros(leastPointers);
        int dataPointers = 2 * (leastPointers - 1);
        int superPointers = Math.max(0, superBlocks - inFirst);
        int prefix = 6 + store.offsetSize();
        Cursor index = recent.get(first, place -> {
            long length = prefix
                    + (long) firstEntries * entrySize
                    + (long) (dataPointers + superPointers) * store.offsetSize();
            return block(place, "EAIB", length);
        });
        if (number < firstEntries) {
            return ChunkTable.entry(index.to(prefix + number * entrySize), entrySize, chunkBytes);
        }
        long rest = number - firstEntries;
        // each has twice the entries of the one before it
        int which = 63 - Long.numberOfLeadingZeros(rest / leastEntries + 1);
        long before = ((1L << which) - 1) * leastEntries;
        long within = rest - before;
        long blockEntries = (1L << (which + 1) / 2) * leastEntries;
        long block = within / blockEntries;
        long pointersAt = prefix + (long) firstEntries * entrySize;
        if (which < inFirst) {
            long earlier = 0;
            for (int i = 0; i < which; i++) {
                earlier += 1L << i / 2;
            }
            long address = index.to(pointersAt + (earlier + block) * store.offsetSize())
                    .offset();
            return address == Cursor.UNDEFINED ? null : inBlock(address, blockEntries, within % blockEntries);
        }
        if (which >= superBlocks) {
            return null;
        }
        long superAddress = index.to(pointersAt + ((long) dataPointers + which - inFirst) * store.offsetSize())
                .offset();
        return superAddress == Cursor.UNDEFINED
                ? null
                : inSuperBlock(superAddress, 1L << which / 2, blockEntries, block, within % blockEntries);
    }

    private Place inSuperBlock(long address, long blocks, long blockEntries, long block, long within)
            throws IOException {
        boolean paged = blockEntries > pageEntries;
        long pages = paged ? blockEntries / pageEntries : 0;
        long marks = paged ? blocks * ((pages + 7) / 8) : 0;
        int prefix = 6 + store.offsetSize() + offsetBytes();
        Cursor superBlock =
                recent.get(address, place -> block(place, "EASB", prefix + marks + blocks * store.offsetSize()));
        long data = superBlock.to(prefix + marks + block * store.offsetSize()).offset();
        if (data == Cursor.UNDEFINED) {
            return null;
        }
        if (!paged) {
            return inBlock(data, blockEntries, within);
        }
        long page = within / pageEntries;
        long mark = block * pages + page;
        if ((superBlock.to(prefix + mark / 8).u8() & 0x80 >> mark % 8) == 0) {
            return null;
        }
        long pageBytes = pageEntries * entrySize + 4;
        Cursor read = recent.get(
                data + prefix + 4 + page * pageBytes,
                place -> ChunkTable.summed(store, place, pageEntries * entrySize, "extensible array page"));
        return ChunkTable.entry(read.to(within % pageEntries * entrySize), entrySize, chunkBytes);
    }

    private Place inBlock(long address, long entries, long within) throws IOException {
        if (entries > pageEntries) {
            throw Refusal.damaged("its extensible array has pages where there are none");
        }
        int prefix = 6 + store.offsetSize() + offsetBytes();
        Cursor data = recent.get(address, place -> block(place, "EADB", prefix + entries * entrySize));
        return ChunkTable.entry(data.to(prefix + within * entrySize), entrySize, chunkBytes);
    }

    private int offsetBytes() {
        return (bits + 7) / 8;
    }

    private Cursor block(long address, String signature, long length) throws IOException {
        Cursor read = store.read(address, length + 4, "extensible array block");
        read.signature(signature);
        read.version(0);
        if (read.u8() != type) {
            throw read.damaged("is not of the kind that its header says");
        }
        read.to(length).checksum();
        return read;
    }
}
