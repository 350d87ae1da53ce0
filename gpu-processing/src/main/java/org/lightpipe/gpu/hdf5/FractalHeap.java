package org.lightpipe.gpu.hdf5;

import java.io.IOException;

/** Where the links or attributes of an object lie when they are many. */
final class FractalHeap {

    private static final int HUGE = 1;
    private static final int TINY = 2;
    private static final int HUGE_RECORDS = 1;

    private final Store store;
    private final int idLength;
    private final boolean summed;
    private final long mostManaged;
    private final long hugeTree;
    private final int width;
    private final long startingSize;
    private final long mostDirect;
    private final int offsetBytes;
    private final int lengthBytes;
    private final long rootBlock;
    private final int rootRows;
    private final RecentBlocks recent = new RecentBlocks();

    FractalHeap(Store store, long address) throws IOException {
        this.store = store;
        Cursor header = store.upTo(
                address, 4 + 1 + 2 + 2 + 1 + 4 + 12 * store.lengthSize() + 3 * store.offsetSize() + 12, "heap header");
        header.signature("FRHP");
        header.version(0);
        idLength = header.u16();
        int filters = header.u16();
        summed = (header.u8() & 2) != 0;
        mostManaged = header.u32();
        header.length();
        hugeTree = header.offset();
        header.length();
        header.offset();
        // sizes and counts of what there is, which are not needed to find it
        header.skip(8L * store.lengthSize());
        width = header.u16();
        startingSize = header.length();
        mostDirect = header.length();
        int bits = header.u16();
        header.skip(2);
        rootBlock = header.offset();
        rootRows = header.u16();
        if (filters != 0) {
            throw Refusal.unsupported("its links or attributes are compressed, which is not read");
        }
        header.checksum();
        if (width == 0
                || bits == 0
                || bits > 64
                || Long.bitCount(startingSize) != 1
                || Long.bitCount(mostDirect) != 1
                || mostDirect < startingSize
                || mostManaged == 0
                || rootRows > 64) {
            throw header.damaged("says sizes that cannot be");
        }
        offsetBytes = (bits + 7) / 8;
        int directBytes = (Long.numberOfTrailingZeros(mostDirect) + 7) / 8;
        lengthBytes = Math.max(1, Math.min(directBytes, (63 - Long.numberOfLeadingZeros(mostManaged)) / 8 + 1));
    }

    int idLength() {
        return idLength;
    }

    /** @param id as many bytes as an id has here */
    Cursor object(Cursor id, String what) throws IOException {
        int first = id.u8();
        int kind = first >> 4 & 3;
        if (first >> 6 != 0) {
            throw id.damaged("has the version " + (first >> 6) + ", which is not known");
        }
        if (kind == TINY) {
            int length = first & 0xf;
            if (idLength > 17) {
                length = length << 8 | id.u8();
            }
            return id.slice(length + 1L, what);
        }
        if (kind == HUGE) {
            return huge(id, what);
        }
        if (kind != 0) {
            throw id.damaged("is of the kind " + kind + ", which is not known");
        }
        long offset = id.unsigned(offsetBytes);
        long length = id.unsigned(lengthBytes);
        return managed(offset, length, what);
    }

    private Cursor huge(Cursor id, String what) throws IOException {
        if (idLength > store.offsetSize() + store.lengthSize()) {
            long address = id.offset();
            return store.read(address, id.length(), what);
        }
        if (hugeTree == Cursor.UNDEFINED) {
            throw Refusal.damaged("a heap has no tree for its huge objects");
        }
        long wanted = id.unsigned(Math.min(8, idLength - 1));
        Cursor record = new BTree2(store, hugeTree, HUGE_RECORDS).find(candidate -> {
            candidate.skip((long) store.offsetSize() + store.lengthSize());
            return Long.compare(wanted, candidate.length());
        });
        if (record == null) {
            throw Refusal.damaged("a heap has no huge object of the number " + wanted);
        }
        long address = record.offset();
        return store.read(address, record.length(), what);
    }

    private Cursor managed(long offset, long length, String what) throws IOException {
        long block = rootBlock;
        long within = offset;
        long start = 0;
        int rows = rootRows;
        while (rows > 0) {
            // what lies before a row of blocks is as long as one block of it, times the width; twice that for the first
            int row = 0;
            long before = 0;
            while (row < rows && within - before >= width * rowSize(row)) {
                before += width * rowSize(row);
                row++;
            }
            if (row == rows || before < 0) {
                throw Refusal.damaged("an object lies beyond the end of its heap");
            }
            int column = (int) ((within - before) / rowSize(row));
            long child = child(block, rows, row, column);
            if (child == Cursor.UNDEFINED) {
                throw Refusal.damaged("an object lies in a part of its heap that is not there");
            }
            long blockStart = before + column * rowSize(row);
            start += blockStart;
            within -= blockStart;
            if (rowSize(row) <= mostDirect) {
                return direct(child, rowSize(row), start, within, length, what);
            }
            // as many rows as make up its size
            int inner = Long.numberOfTrailingZeros(rowSize(row))
                    - Long.numberOfTrailingZeros(startingSize)
                    - (31 - Integer.numberOfLeadingZeros(width))
                    + 1;
            if (inner >= rows || inner < 1) {
                throw Refusal.damaged("a heap has a block that is as large as itself");
            }
            block = child;
            rows = inner;
        }
        return direct(block, startingSize, start, within, length, what);
    }

    private long rowSize(int row) {
        long size = startingSize << Math.max(0, row - 1);
        if (size <= 0 || Long.numberOfTrailingZeros(startingSize) + row > 62 - 16) {
            throw Refusal.damaged("a heap has blocks that are too large");
        }
        return size;
    }

    private long child(long address, int rows, int row, int column) throws IOException {
        int prefix = 5 + store.offsetSize() + offsetBytes;
        Cursor block = recent.get(address, place -> {
            long pointers = (long) rows * width * store.offsetSize();
            Cursor read = store.read(place, prefix + pointers + 4, "indirect block of a heap");
            read.signature("FHIB");
            read.version(0);
            read.to(prefix + pointers).checksum();
            return read;
        });
        // the blocks with data come first and then the ones with pointers, without a gap
        return block.to(prefix + ((long) row * width + column) * store.offsetSize())
                .offset();
    }

    private Cursor direct(long address, long size, long start, long within, long length, String what)
            throws IOException {
        int prefix = 5 + store.offsetSize() + offsetBytes;
        Cursor block = recent.get(address, place -> {
            if (size > 1 << 26) {
                throw Refusal.damaged("a heap has a block of " + size + " bytes");
            }
            Cursor read = store.read(place, size, "block of a heap");
            read.signature("FHDB");
            read.version(0);
            read.skip(store.offsetSize());
            if (read.unsigned(offsetBytes) != start) {
                throw read.damaged("is at another place than it says");
            }
            if (summed) {
                byte[] all = read.fresh().bytes(size);
                int sum = read.i32();
                java.util.Arrays.fill(all, prefix, prefix + 4, (byte) 0);
                if (Lookup3.hash(all, 0, all.length) != sum) {
                    throw read.damaged("has a wrong checksum");
                }
            }
            return read;
        });
        return block.to(within).slice(length, what);
    }
}
