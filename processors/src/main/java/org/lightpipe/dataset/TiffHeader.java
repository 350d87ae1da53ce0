package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * TIFF 6.0 and BigTIFF: the tags of the first page, and how many pages there are. Knows the tags that areaDetector's
 * NDFileTIFF writes, the descriptions of ImageJ and of Dectris' detectors.
 */
final class TiffHeader implements HeaderReader {

    /** Pages that are counted; a file with more has {@code pagesAtLeast}. */
    static final int PAGES = 1000;

    private static final int CLASSIC = 42;
    private static final int BIG = 43;
    private static final int MAX_TAGS = 4096;
    private static final int MAX_TEXT = 16 << 10;
    private static final int DESCRIPTION = 270;
    private static final int BITS = 258;
    private static final int SAMPLES = 277;
    private static final int SAMPLE_FORMAT = 339;
    /** From here on areaDetector writes attributes, each as {@code name:value}. */
    private static final int ATTRIBUTES = 65010;

    private static final Map<Integer, String> TAGS = Map.ofEntries(
            Map.entry(256, "width"),
            Map.entry(257, "height"),
            Map.entry(259, "compression"),
            Map.entry(262, "photometric"),
            Map.entry(271, "make"),
            Map.entry(272, "model"),
            Map.entry(SAMPLES, "samples"),
            Map.entry(282, "xResolution"),
            Map.entry(283, "yResolution"),
            Map.entry(296, "resolutionUnit"),
            Map.entry(305, "software"),
            Map.entry(306, "time"),
            Map.entry(315, "artist"),
            Map.entry(316, "computer"),
            Map.entry(322, "tileWidth"),
            Map.entry(323, "tileHeight"),
            Map.entry(65000, "areaDetector/timeStamp"),
            Map.entry(65001, "areaDetector/uniqueId"),
            Map.entry(65002, "areaDetector/epicsTSSec"),
            Map.entry(65003, "areaDetector/epicsTSNsec"));

    private static final Map<Integer, String> COMPRESSIONS = Map.of(
            1,
            "none",
            2,
            "CCITT",
            5,
            "LZW",
            6,
            "JPEG",
            7,
            "JPEG",
            8,
            "deflate",
            32773,
            "PackBits",
            32946,
            "deflate",
            34887,
            "LERC",
            50000,
            "zstd");

    @Override
    public String format() {
        return "TIFF";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("tif", "tiff");
    }

    @Override
    public boolean accepts(ByteBuffer head) {
        if (head.remaining() < 4) {
            return false;
        }
        short order = head.getShort(0);
        if (order != 0x4949 && order != 0x4d4d) {
            return false;
        }
        int version = head.order(order(order)).getShort(2);
        return version == CLASSIC || version == BIG;
    }

    private static ByteOrder order(short mark) {
        return mark == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    }

    @Override
    public void read(HeaderBytes header, Selection selection, Found found)
            throws IOException, MalformedHeaderException {
        new Reading(header, found).all();
    }

    /** One file that is being read. */
    private static final class Reading {

        private final HeaderBytes header;
        private final Found found;
        private ByteOrder order = ByteOrder.BIG_ENDIAN;
        private boolean big;

        Reading(HeaderBytes header, Found found) {
            this.header = header;
            this.found = found;
        }

        void all() throws IOException, MalformedHeaderException {
            order = order(header.at(0, 2).getShort());
            big = at(2, 2).getShort() == BIG;
            if (big && at(4, 2).getShort() != Long.BYTES) {
                throw new MalformedHeaderException("it is a BigTIFF with offsets of an unknown size");
            }
            long first = word(big ? 8 : 4);
            long next = page(first, true);
            Set<Long> seen = new HashSet<>(Set.of(first));
            int pages = 1;
            while (next != 0 && pages < PAGES) {
                if (!seen.add(next)) {
                    throw new MalformedHeaderException("its pages form a circle");
                }
                next = page(next, false);
                pages++;
            }
            found.put(next == 0 ? "pages" : "pagesAtLeast", pages);
        }

        private ByteBuffer at(long offset, int length) throws IOException, MalformedHeaderException {
            return header.at(offset, length).order(order);
        }

        private long word(long offset) throws IOException, MalformedHeaderException {
            return big
                    ? at(offset, Long.BYTES).getLong()
                    : Integer.toUnsignedLong(at(offset, Integer.BYTES).getInt());
        }

        /** Reads the tags of a page, if they are asked for. @return offset of the next page; 0 for none */
        private long page(long offset, boolean withTags) throws IOException, MalformedHeaderException {
            long count = big
                    ? word(offset)
                    : Short.toUnsignedInt(at(offset, Short.BYTES).getShort());
            if (count < 1 || count > MAX_TAGS) {
                throw new MalformedHeaderException(
                        "a page has " + Long.toUnsignedString(count) + " tags; 1 to " + MAX_TAGS + " make sense");
            }
            long start = offset + (big ? Long.BYTES : Short.BYTES);
            int entry = big ? 20 : 12;
            if (withTags) {
                ByteBuffer entries = at(start, (int) count * entry);
                Layout layout = new Layout();
                for (int i = 0; i < count; i++) {
                    tag(entries, i * entry, layout);
                }
                layout.tell(found);
            }
            return word(start + count * entry);
        }

        private void tag(ByteBuffer entries, int at, Layout layout) throws IOException, MalformedHeaderException {
            int tag = Short.toUnsignedInt(entries.getShort(at));
            String name = TAGS.get(tag);
            boolean known = name != null || tag == DESCRIPTION || tag == BITS || tag == SAMPLE_FORMAT;
            if (!known && tag < ATTRIBUTES) {
                return;
            }
            int type = Short.toUnsignedInt(entries.getShort(at + 2));
            long count = big ? entries.getLong(at + 4) : Integer.toUnsignedLong(entries.getInt(at + 4));
            int width = width(type);
            if (count < 1 || width == 0) {
                return;
            }
            int wanted = (int) Math.min(count, type == 2 ? MAX_TEXT : 1);
            int inline = big ? Long.BYTES : Integer.BYTES;
            boolean isInline = count <= inline / width;
            ByteBuffer bytes = isInline
                    ? entries.slice(at + (big ? 12 : 8), inline).order(order)
                    : at(
                            big ? entries.getLong(at + 12) : Integer.toUnsignedLong(entries.getInt(at + 8)),
                            wanted * width);
            if (type == 2) {
                text(tag, name, ascii(bytes, wanted));
            } else {
                number(tag, name, value(bytes, type), layout);
            }
        }

        private void text(int tag, String name, String text) {
            if (tag == DESCRIPTION) {
                description(text);
            } else if (name != null) {
                found.put(name, text);
            } else {
                int colon = text.indexOf(':');
                if (colon > 0) {
                    found.putText("areaDetector/" + text.substring(0, colon).strip(), text.substring(colon + 1));
                }
            }
        }

        private void description(String text) {
            if (text.startsWith("ImageJ=")) {
                for (String line : text.lines().toList()) {
                    int equals = line.indexOf('=');
                    if (equals > 0) {
                        String key = line.substring(0, equals).strip();
                        found.putText("ImageJ".equals(key) ? key : "ImageJ/" + key, line.substring(equals + 1));
                    }
                }
            } else if (text.startsWith("# ")) {
                text.lines().forEach(line -> CommentLine.read(line, found));
            } else {
                found.put("description", text);
            }
        }

        private void number(int tag, String name, Object value, Layout layout) {
            if (tag == BITS) {
                layout.bits = ((Number) value).longValue();
            } else if (tag == SAMPLE_FORMAT) {
                layout.sampleFormat = ((Number) value).intValue();
            } else if ("compression".equals(name)) {
                int code = ((Number) value).intValue();
                found.put(name, COMPRESSIONS.getOrDefault(code, String.valueOf(code)));
            } else if ("resolutionUnit".equals(name)) {
                int unit = ((Number) value).intValue();
                found.put(name, unit == 2 ? "inch" : unit == 3 ? "cm" : "none");
            } else if (name != null) {
                found.put(name, value);
            }
        }
    }

    /** What two tags say together. */
    private static final class Layout {
        private long bits = 1;
        private int sampleFormat = 1;

        void tell(Found found) {
            found.put("bits", bits);
            found.put(
                    "type",
                    switch (sampleFormat) {
                                case 2 -> "int";
                                case 3 -> "float";
                                case 5, 6 -> "complex";
                                default -> "uint";
                            }
                            + bits);
        }
    }

    private static int width(int type) {
        return switch (type) {
            case 1, 2, 6, 7 -> 1;
            case 3, 8 -> 2;
            case 4, 9, 11, 13 -> 4;
            case 5, 10, 12, 16, 17, 18 -> 8;
            default -> 0;
        };
    }

    private static Object value(ByteBuffer bytes, int type) {
        return switch (type) {
            case 1, 7 -> Byte.toUnsignedInt(bytes.get(0));
            case 3 -> Short.toUnsignedInt(bytes.getShort(0));
            case 4, 13 -> Integer.toUnsignedLong(bytes.getInt(0));
            case 5 -> ratio(Integer.toUnsignedLong(bytes.getInt(0)), Integer.toUnsignedLong(bytes.getInt(4)));
            case 6 -> (int) bytes.get(0);
            case 8 -> (int) bytes.getShort(0);
            case 9 -> bytes.getInt(0);
            case 10 -> ratio(bytes.getInt(0), bytes.getInt(4));
            case 11 -> bytes.getFloat(0);
            case 12 -> bytes.getDouble(0);
            default -> bytes.getLong(0);
        };
    }

    private static double ratio(long numerator, long denominator) {
        return denominator == 0 ? Double.NaN : (double) numerator / denominator;
    }

    /** Text up to the first NUL. The standard says ASCII; ImageJ and OME write UTF-8. */
    private static String ascii(ByteBuffer bytes, int length) {
        byte[] text = new byte[Math.min(length, bytes.remaining())];
        bytes.get(text);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }
}
