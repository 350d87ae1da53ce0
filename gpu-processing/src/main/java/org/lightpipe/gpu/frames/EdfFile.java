package org.lightpipe.gpu.frames;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.lightpipe.gpu.core.InvalidInputException;
import org.lightpipe.gpu.core.NumberType;

/** The first image of an ESRF data file: a header of {@code key = value ;} in braces, then values. */
final class EdfFile {

    private static final int BLOCK = 512;
    private static final int LONGEST_HEADER = 1 << 20;
    private static final Map<String, NumberType> TYPES = Map.ofEntries(
            Map.entry("unsignedbyte", NumberType.UINT8),
            Map.entry("signedbyte", NumberType.INT8),
            Map.entry("unsignedshort", NumberType.UINT16),
            Map.entry("signedshort", NumberType.INT16),
            Map.entry("unsignedinteger", NumberType.UINT32),
            Map.entry("unsignedlong", NumberType.UINT32),
            Map.entry("signedinteger", NumberType.INT32),
            Map.entry("signedlong", NumberType.INT32),
            Map.entry("unsigned64", NumberType.UINT64),
            Map.entry("signed64", NumberType.INT64),
            Map.entry("floatvalue", NumberType.FLOAT32),
            Map.entry("float", NumberType.FLOAT32),
            Map.entry("doublevalue", NumberType.FLOAT64),
            Map.entry("double", NumberType.FLOAT64));

    private EdfFile() {}

    static float[] read(Path path, CompanionImage.Shape wanted) throws InvalidInputException, IOException {
        String name = path.getFileName().toString();
        try (FileChannel channel = FileChannel.open(path)) {
            String header = header(name, channel);
            Map<String, String> keys = keys(header);
            NumberType type = TYPES.get(keys.getOrDefault("datatype", "").toLowerCase(Locale.ROOT));
            if (type == null || !keys.getOrDefault("compression", "none").equalsIgnoreCase("none")) {
                throw new InvalidInputException(name + ": DataType is " + keys.getOrDefault("datatype", "missing")
                        + ", Compression is " + keys.getOrDefault("compression", "None")
                        + "; uncompressed integers or floats are wanted");
            }
            wanted.check(name, side(name, keys, "dim_2"), side(name, keys, "dim_1"));
            ByteBuffer values =
                    NumpyFile.bytes(channel, header.length(), Math.multiplyExact(wanted.pixels(), type.bytes()));
            if (keys.getOrDefault("byteorder", "").equalsIgnoreCase("HighByteFirst")) {
                NumpyFile.turn(values, type.bytes());
            }
            float[] image = new float[wanted.pixels()];
            type.toFloats(values, 0, image, 0, image.length);
            return image;
        } catch (EOFException e) {
            throw new InvalidInputException(name + " ends before its values do; copy it again", e);
        }
    }

    /** The header with its padding: its length is a multiple of 512 bytes, and its end is a brace. */
    private static String header(String name, FileChannel channel) throws InvalidInputException, IOException {
        StringBuilder header = new StringBuilder();
        while (header.length() < LONGEST_HEADER) {
            ByteBuffer block = NumpyFile.bytes(channel, header.length(), BLOCK);
            header.append(new String(block.array(), StandardCharsets.ISO_8859_1));
            if (header.charAt(0) != '{') {
                break;
            }
            if (header.toString().stripTrailing().endsWith("}")) {
                return header.toString();
            }
        }
        throw new InvalidInputException(name + " is not an ESRF data file, though it ends in .edf");
    }

    private static Map<String, String> keys(String header) {
        Map<String, String> keys = new HashMap<>();
        for (String part : header.substring(1).split(";")) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                keys.put(
                        part.substring(0, equals).strip().toLowerCase(Locale.ROOT),
                        part.substring(equals + 1).strip());
            }
        }
        return keys;
    }

    private static long side(String name, Map<String, String> keys, String key) throws InvalidInputException {
        try {
            return Long.parseLong(keys.getOrDefault(key, ""));
        } catch (NumberFormatException e) {
            throw new InvalidInputException(
                    name + ": " + key + " is " + keys.getOrDefault(key, "missing") + "; a number of pixels is wanted");
        }
    }
}
