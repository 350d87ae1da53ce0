package org.lightpipe.gpu.xpcs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes files of sparse formats, for tests. */
final class SparseFiles {

    private static final int IMM_HEADER = 1024;

    private SparseFiles() {}

    /** @param frames {@code [frame][row][column]}, no larger than 512 x 1024, in the upper left of a module */
    static Path rigaku(Path path, int[][][] frames, int origin) throws IOException {
        ByteBuffer bytes = littleEndian(8 * frames.length * frames[0].length * frames[0][0].length);
        for (int i = 0; i < frames.length; i++) {
            for (int row = 0; row < frames[i].length; row++) {
                for (int column = 0; column < frames[i][row].length; column++) {
                    if (frames[i][row][column] > 0) {
                        bytes.putLong(event(i, origin + row * 1024 + column, frames[i][row][column]));
                    }
                }
            }
        }
        return write(path, bytes);
    }

    static long event(long frame, long pixel, long count) {
        return frame << 40 | pixel << 16 | count;
    }

    static Path events(Path path, long... events) throws IOException {
        ByteBuffer bytes = littleEndian(8 * events.length);
        for (long event : events) {
            bytes.putLong(event);
        }
        return write(path, bytes);
    }

    /** @param frames {@code [frame][row][column]} */
    static Path imm(Path path, int[][][] frames, boolean sparse) throws IOException {
        int rows = frames[0].length;
        int columns = frames[0][0].length;
        ByteBuffer bytes = littleEndian(frames.length * (IMM_HEADER + 6 * rows * columns));
        for (int[][] frame : frames) {
            int[] values = Scan.flat(frame);
            int counted = 0;
            for (int value : values) {
                counted += value > 0 ? 1 : 0;
            }
            int at = bytes.position();
            bytes.putInt(at, 2);
            bytes.putInt(at + 4, sparse ? 6 : 0);
            bytes.putInt(at + 108, rows);
            bytes.putInt(at + 112, columns);
            bytes.putInt(at + 116, 2);
            bytes.putInt(at + 152, sparse ? counted : values.length);
            bytes.position(at + IMM_HEADER);
            if (sparse) {
                for (int p = 0; p < values.length; p++) {
                    if (values[p] > 0) {
                        bytes.putInt(p);
                    }
                }
            }
            for (int value : values) {
                if (!sparse || value > 0) {
                    bytes.putShort((short) value);
                }
            }
        }
        return write(path, bytes);
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Path write(Path path, ByteBuffer bytes) throws IOException {
        byte[] content = new byte[bytes.position()];
        bytes.flip().get(content);
        return Files.write(path, content);
    }
}
