package org.lightpipe.gpu.frames;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** An image, or a stack whose mean is taken, in a NumPy file (format versions 1 to 3). */
final class NumpyFile {

    private static final int MAGIC_BYTES = 8;
    private static final int LONGEST_HEADER = 65535;
    private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([<>|=])(\\w\\d+)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");
    private static final Map<String, NumberType> TYPES = Map.ofEntries(
            Map.entry("b1", NumberType.UINT8),
            Map.entry("u1", NumberType.UINT8),
            Map.entry("i1", NumberType.INT8),
            Map.entry("u2", NumberType.UINT16),
            Map.entry("i2", NumberType.INT16),
            Map.entry("u4", NumberType.UINT32),
            Map.entry("i4", NumberType.INT32),
            Map.entry("u8", NumberType.UINT64),
            Map.entry("i8", NumberType.INT64),
            Map.entry("f4", NumberType.FLOAT32),
            Map.entry("f8", NumberType.FLOAT64));

    private NumpyFile() {}

    static float[] read(Path path, CompanionImage.Shape wanted) throws InvalidInputException, IOException {
        String name = path.getFileName().toString();
        try (FileChannel channel = FileChannel.open(path)) {
            ByteBuffer magic = bytes(channel, 0, MAGIC_BYTES + 4);
            if (magic.get(0) != (byte) 0x93 || !"NUMPY".equals(text(magic, 1, 5))) {
                throw new InvalidInputException(name + " is not a NumPy file, though it ends in .npy");
            }
            boolean first = magic.get(6) == 1;
            long length = first ? Short.toUnsignedInt(magic.getShort(8)) : Integer.toUnsignedLong(magic.getInt(8));
            int start = first ? MAGIC_BYTES + 2 : MAGIC_BYTES + 4;
            if (length > LONGEST_HEADER) {
                throw new InvalidInputException(name + " has a header of " + length + " bytes, which is no image");
            }
            String header = text(bytes(channel, start, (int) length), 0, (int) length);
            return values(name, channel, start + length, header, wanted);
        } catch (EOFException e) {
            throw new InvalidInputException(name + " ends before its values do; copy it again", e);
        }
    }

    private static float[] values(String name, FileChannel channel, long at, String header, CompanionImage.Shape wanted)
            throws InvalidInputException, IOException {
        Matcher type = TYPE.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!type.find() || !order.find() || !shape.find() || !TYPES.containsKey(type.group(2))) {
            throw new InvalidInputException(
                    name + " holds no array of numbers, but " + header.strip() + "; save integers or floats");
        }
        if (order.group(1).equals("True")) {
            throw new InvalidInputException(name + " is in Fortran order; save it again with numpy.ascontiguousarray");
        }
        long[] sides = Arrays.stream(shape.group(1).split(","))
                .map(String::strip)
                .filter(side -> !side.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        if (sides.length < 2 || sides.length > 3) {
            throw new InvalidInputException(name + " (option " + wanted.option() + ") has " + sides.length
                    + " dimensions; an image [row][column] or a stack of them is wanted");
        }
        wanted.check(name, sides[sides.length - 2], sides[sides.length - 1]);
        long frames = sides.length == 3 ? sides[0] : 1;
        if (frames == 0) {
            throw new InvalidInputException(name + " (option " + wanted.option() + ") holds no image");
        }
        NumberType number = TYPES.get(type.group(2));
        int frameBytes = Math.multiplyExact(wanted.pixels(), number.bytes());
        double[] sum = new double[wanted.pixels()];
        double[] values = new double[wanted.pixels()];
        for (long frame = 0; frame < frames; frame++) {
            ByteBuffer stored = bytes(channel, at + frame * frameBytes, frameBytes);
            if (type.group(1).equals(">")) {
                turn(stored, number.bytes());
            }
            number.toDoubles(stored, 0, values, 0, values.length);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += values[i];
            }
        }
        float[] mean = new float[sum.length];
        for (int i = 0; i < mean.length; i++) {
            mean[i] = (float) (sum[i] / frames);
        }
        return mean;
    }

    /** Makes big-endian values little-endian. */
    static void turn(ByteBuffer values, int size) {
        for (int i = 0; i < values.limit(); i += size) {
            for (int j = 0; j < size / 2; j++) {
                byte low = values.get(i + j);
                values.put(i + j, values.get(i + size - 1 - j));
                values.put(i + size - 1 - j, low);
            }
        }
    }

    static ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
        if (at + count > channel.size()) {
            throw new EOFException();
        }
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }

    private static String text(ByteBuffer bytes, int at, int count) {
        return new String(bytes.array(), at, count, StandardCharsets.ISO_8859_1);
    }
}
