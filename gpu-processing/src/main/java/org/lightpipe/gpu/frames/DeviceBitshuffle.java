package org.lightpipe.gpu.frames;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.device.Device;
import org.lightpipe.gpu.device.Device.Buffer;
import org.lightpipe.gpu.device.Device.Kernel;
import org.lightpipe.gpu.device.Device.Program;
import org.lightpipe.gpu.device.Device.Size;
import org.lightpipe.gpu.device.Device.StagingBuffer;
import org.lightpipe.gpu.device.Device.Stream;
import org.lightpipe.gpu.device.DeviceException;

/**
 * Decompresses chunks of bitshuffle and LZ4 on a device: frames go up as the detector compressed them, and come out where
 * kernels read them.
 */
public final class DeviceBitshuffle {

    private static final int GROUP = 64;

    private final Device device;
    private final Kernel lz4;
    private final Kernel unshuffle;

    /** @param device on which there must be room for the chunks, and twice for what comes out of them */
    public DeviceBitshuffle(Device device) throws DeviceException {
        this.device = device;
        Program program = device.program(DeviceBitshuffle.class, "bitshuffle");
        lz4 = program.kernel("lz4");
        unshuffle = program.kernel("unshuffle");
    }

    /**
     * Decompresses chunks of which equally many bytes come out, one behind the other. Returns when it is done.
     *
     * @param chunks compressed
     * @param size the bytes of an element
     * @param bytes that come out of each chunk
     * @param values where they go
     * @throws InvalidInputException if a chunk is damaged
     */
    public void decode(Stream stream, List<byte[]> chunks, int size, int bytes, Buffer values)
            throws DeviceException, InvalidInputException {
        int total = Math.multiplyExact(chunks.size(), bytes);
        if (values.bytes() < total) {
            throw new IllegalArgumentException(total + " bytes do not fit a buffer of " + values.bytes());
        }
        Table table = new Table();
        int stored = 0;
        for (int i = 0; i < chunks.size(); i++) {
            BitshuffleLz4.Blocks blocks = BitshuffleLz4.Blocks.of(chunks.get(i), size, bytes);
            if (blocks.bytes() != bytes) {
                throw new InvalidInputException(
                        "compressed chunk " + i + " has " + blocks.bytes() + " bytes instead of " + bytes);
            }
            table.add(blocks, stored, i * bytes);
            stored = Math.addExact(stored, chunks.get(i).length);
        }
        if (table.count() == 0) {
            return;
        }
        try (StagingBuffer staging = device.staging(stored);
                Buffer compressed = device.allocate(stored);
                Buffer planes = device.allocate(total);
                Buffer starts = device.allocate(4L * table.count());
                Buffer lengths = device.allocate(4L * table.count());
                Buffer targets = device.allocate(4L * table.count());
                Buffer sizes = device.allocate(4L * table.count());
                Buffer failed = device.allocate(4)) {
            ByteBuffer to = staging.bytes().duplicate();
            to.clear();
            chunks.forEach(to::put);
            stream.upload(staging, 0, compressed, 0, stored);
            stream.upload(table.column(0), starts, 0);
            stream.upload(table.column(1), lengths, 0);
            stream.upload(table.column(2), targets, 0);
            stream.upload(table.column(3), sizes, 0);
            stream.zero(failed, 0, 4);
            lz4.launch(
                    stream,
                    Size.of(table.count(), GROUP),
                    compressed,
                    starts,
                    lengths,
                    targets,
                    sizes,
                    planes,
                    failed,
                    table.count());
            unshuffle.launch(
                    stream,
                    Size.of(table.mostGroups(size), table.count(), GROUP, 1),
                    planes,
                    lengths,
                    targets,
                    sizes,
                    values,
                    table.count(),
                    size);
            try (StagingBuffer answer = device.staging(4)) {
                stream.download(failed, 0, answer, 0, 4);
                stream.finish();
                int damaged = answer.bytes().getInt(0);
                if (damaged > 0) {
                    throw new InvalidInputException(damaged + " blocks of the compressed chunks are damaged");
                }
            }
        }
    }

    /** Where each block is, and where it goes. */
    private static final class Table {

        private final List<int[]> rows = new ArrayList<>();

        void add(BitshuffleLz4.Blocks blocks, int chunkAt, int target) {
            for (int i = 0; i < blocks.count(); i++) {
                rows.add(new int[] {
                    chunkAt + blocks.starts()[i], blocks.lengths()[i], target + i * blocks.blockBytes(), blocks.size(i)
                });
            }
            if (blocks.restBytes() > 0) {
                rows.add(new int[] {
                    chunkAt + blocks.rest(),
                    -blocks.restBytes(),
                    target + blocks.bytes() - blocks.restBytes(),
                    blocks.restBytes()
                });
            }
        }

        int count() {
            return rows.size();
        }

        int[] column(int column) {
            return rows.stream().mapToInt(row -> row[column]).toArray();
        }

        int mostGroups(int size) {
            return Math.max(
                    1, rows.stream().mapToInt(row -> row[3] / size / 8).max().orElse(1));
        }
    }
}
