package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CBF, the binary form of imgCIF: its text up to the binary section, that is the mini-header that Pilatus and Eiger
 * detectors write, single items of the CIF, and the shape of the binary section. At most {@value #TEXT} bytes.
 */
final class CbfHeader implements HeaderReader {

    static final int TEXT = 256 << 10;
    private static final String MAGIC = "###CBF";
    /** Form feed, control-Z, control-D and 0xD5 begin the binary section. */
    private static final String BINARY = "\f\u001a\u0004\u00d5";

    private static final Pattern ITEM = Pattern.compile("_([A-Za-z][A-Za-z0-9_.\\[\\]-]{0,99})\\s+(\\S.*)");
    private static final Pattern SHAPE = Pattern.compile("(X-Binary-[A-Za-z-]{1,60}):\\s*(.*)");
    private static final Map<String, String> SHAPES = Map.of(
            "X-Binary-Size-Fastest-Dimension", "width",
            "X-Binary-Size-Second-Dimension", "height",
            "X-Binary-Size-Third-Dimension", "frames",
            "X-Binary-Element-Type", "type");

    @Override
    public String format() {
        return "CBF";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("cbf");
    }

    @Override
    public boolean accepts(ByteBuffer head) {
        byte[] start = new byte[Math.min(MAGIC.length(), head.remaining())];
        head.get(start);
        return MAGIC.equals(new String(start, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void read(HeaderBytes header, Selection selection, Found found)
            throws IOException, MalformedHeaderException {
        String text = StandardCharsets.ISO_8859_1.decode(header.upTo(0, TEXT)).toString();
        int end = text.indexOf(BINARY);
        for (String line :
                text.substring(0, end < 0 ? text.length() : end).lines().toList()) {
            read(line.strip(), found);
        }
        if (end < 0) {
            throw new MalformedHeaderException(
                    header.size() > TEXT
                            ? "its binary section does not begin in the first " + TEXT + " bytes"
                            : "it has no binary section: it is damaged, or was cut short");
        }
    }

    private static void read(String line, Found found) {
        if (line.startsWith("# ")) {
            CommentLine.read(line, found);
            return;
        }
        if (line.startsWith("data_") && line.length() > "data_".length()) {
            found.put("block", line.substring("data_".length()));
            return;
        }
        Matcher shape = SHAPE.matcher(line);
        if (shape.matches()) {
            String value = unquoted(shape.group(2));
            found.putText(SHAPES.getOrDefault(shape.group(1), shape.group(1)), type(value));
            return;
        }
        Matcher item = ITEM.matcher(line);
        if (item.matches()) {
            found.putText(item.group(1), unquoted(item.group(2)));
        }
    }

    /** imgCIF says types in words. */
    private static String type(String words) {
        return switch (words) {
            case "unsigned 8-bit integer" -> "uint8";
            case "signed 8-bit integer" -> "int8";
            case "unsigned 16-bit integer" -> "uint16";
            case "signed 16-bit integer" -> "int16";
            case "unsigned 32-bit integer" -> "uint32";
            case "signed 32-bit integer" -> "int32";
            case "signed 32-bit real IEEE" -> "float32";
            case "signed 64-bit real IEEE" -> "float64";
            default -> words;
        };
    }

    private static String unquoted(String value) {
        String text = value.strip();
        boolean quoted = text.length() >= 2
                && (text.startsWith("\"") && text.endsWith("\"") || text.startsWith("'") && text.endsWith("'"));
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
