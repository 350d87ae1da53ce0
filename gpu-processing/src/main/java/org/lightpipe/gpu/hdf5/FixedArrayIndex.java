package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** A table of all chunks that there can be, in pages where it is large. */
final class FixedArrayIndex implements ChunkIndex {

    private final Store store;
    private final long[] steps;
    private final long chunkBytes;
    private final int type;
    private final int entrySize;
    private final long pageEntries;
    private final long entries;
    private final long block;
    private final RecentBlocks recent = new RecentBlocks();

    FixedArrayIndex(Store store, long address, long[] steps, long chunkBytes) throws IOException {
        this.store = store;
        this.steps = steps;
        this.chunkBytes = chunkBytes;
        Cursor header = store.read(address, 8L + store.lengthSize() + store.offsetSize() + 4, "fixed array");
        header.signature("FAHD");
        header.version(0);
        type = header.u8();
        entrySize = header.u8();
        int pageBits = header.u8();
        entries = header.length();
        block = header.offset();
        header.checksum();
        if (entrySize < store.offsetSize() || pageBits > 24 || entries > Long.MAX_VALUE / 512) {
            throw header.damaged("has " + entries + " entries of " + entrySize + " bytes");
        }
        pageEntries = 1L << pageBits;
    }

    @Override
    public Place find(long[] chunk) throws IOException {
        long number = ChunkTable.number(chunk, steps);
        if (block == Cursor.UNDEFINED || number < 0 || number >= entries) {
            return null;
        }
        boolean paged = entries > pageEntries;
        long pages = paged ? (entries - 1) / pageEntries + 1 : 0;
        long head = 6 + store.offsetSize() + (pages + 7) / 8;
        long page = number / pageEntries;
        Cursor start = recent.get(block, place -> {
            long length = paged ? head : head + entries * entrySize;
            Cursor read = store.read(place, length + 4, "fixed array block");
            read.signature("FADB");
            read.version(0);
            if (read.u8() != type) {
                throw read.damaged("is not of the kind that its header says");
            }
            read.to(length).checksum();
            return read;
        });
        if (!paged) {
            return ChunkTable.entry(start.to(head + number * entrySize), entrySize, chunkBytes);
        }
        if ((start.to(6 + store.offsetSize() + page / 8).u8() & 0x80 >> page % 8) == 0) {
            return null;
        }
        long pageBytes = pageEntries * entrySize + 4;
        long length = Math.min(pageEntries, entries - page * pageEntries) * entrySize;
        Cursor read = recent.get(
                block + head + 4 + page * pageBytes,
                place -> ChunkTable.summed(store, place, length, "fixed array page"));
        return ChunkTable.entry(read.to(number % pageEntries * entrySize), entrySize, chunkBytes);
    }
}
