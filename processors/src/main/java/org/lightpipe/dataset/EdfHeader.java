package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * EDF of the ESRF: the text in braces before the first frame, {@code { name = value ; … }}, and the general block before
 * it where there is one. At most {@value #TEXT} bytes each. Motors and counters, which are listed as names and values
 * apart, become {@code motor/name} and {@code counter/name}.
 */
final class EdfHeader implements HeaderReader {

    static final int TEXT = 128 << 10;
    private static final int PIECE = 4096;

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("unsignedbyte", "uint8"),
            Map.entry("signedbyte", "int8"),
            Map.entry("unsignedshort", "uint16"),
            Map.entry("signedshort", "int16"),
            Map.entry("unsignedinteger", "uint32"),
            Map.entry("unsignedlong", "uint32"),
            Map.entry("signedinteger", "int32"),
            Map.entry("signedlong", "int32"),
            Map.entry("unsigned64", "uint64"),
            Map.entry("signed64", "int64"),
            Map.entry("floatvalue", "float32"),
            Map.entry("float", "float32"),
            Map.entry("real", "float32"),
            Map.entry("doublevalue", "float64"),
            Map.entry("double", "float64"));

    @Override
    public String format() {
        return "EDF";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("edf");
    }

    /** One brace is not much of a signature, JSON has it too: a name, '=' and ';' must follow soon. */
    @Override
    public boolean accepts(ByteBuffer head) {
        String text = StandardCharsets.ISO_8859_1
                .decode(head.slice(0, Math.min(head.remaining(), 512)))
                .toString()
                .stripLeading();
        if (!text.startsWith("{")) {
            return false;
        }
        int equals = text.indexOf('=');
        return equals > 0
                && text.indexOf(';', equals) > 0
                && text.substring(1, equals).strip().matches("[A-Za-z][\\w:.-]*");
    }

    @Override
    public void read(HeaderBytes header, Selection selection, Found found)
            throws IOException, MalformedHeaderException {
        Map<String, String> fields = new LinkedHashMap<>();
        long end = block(header, 0, fields);
        if (fields.keySet().stream().noneMatch("dim_1"::equalsIgnoreCase) && nextIsBlock(header, end)) {
            block(header, end, fields);
        }
        fields.forEach((name, value) -> known(name, value, found));
        listed(fields, "motor", "motor_mne", "motor_pos", found);
        listed(fields, "counter", "counter_mne", "counter_pos", found);
        fields.forEach((name, value) -> {
            if (!name.endsWith("_mne") && !name.endsWith("_pos")) {
                found.putText(name, value);
            }
        });
    }

    private static void known(String name, String value, Found found) {
        switch (name.toLowerCase(Locale.ROOT)) {
            case "dim_1" -> found.putText("width", value);
            case "dim_2" -> found.putText("height", value);
            case "dim_3" -> found.putText("frames", value);
            case "datatype" -> found.put("type", TYPES.getOrDefault(value.toLowerCase(Locale.ROOT), value));
            default -> {
                // has no other name
            }
        }
    }

    private static void listed(Map<String, String> fields, String kind, String names, String values, Found found) {
        if (fields.containsKey(names) && fields.containsKey(values)) {
            String[] name = fields.get(names).split("\\s+");
            String[] value = fields.get(values).split("\\s+");
            for (int i = 0; i < Math.min(name.length, value.length); i++) {
                found.putText(kind + "/" + name[i], value[i]);
            }
        }
    }

    private static boolean nextIsBlock(HeaderBytes header, long end) throws IOException, MalformedHeaderException {
        ByteBuffer next = header.upTo(end, 16);
        return StandardCharsets.ISO_8859_1
                .decode(next)
                .toString()
                .stripLeading()
                .startsWith("{");
    }

    /** Reads a text in braces. @return offset behind it */
    private static long block(HeaderBytes header, long start, Map<String, String> fields)
            throws IOException, MalformedHeaderException {
        StringBuilder text = new StringBuilder();
        Optional<Integer> end = Optional.empty();
        while (end.isEmpty()) {
            ByteBuffer piece = header.upTo(start + text.length(), PIECE);
            if (!piece.hasRemaining()) {
                parse(text, fields);
                throw new MalformedHeaderException("its header has no end: it is damaged, or was cut short");
            }
            if (text.length() >= TEXT) {
                throw new MalformedHeaderException("its header has no end in the first " + TEXT + " bytes");
            }
            int from = Math.max(0, text.length() - 1);
            text.append(StandardCharsets.ISO_8859_1.decode(piece));
            end = end(text, from, start + text.length() == header.size());
        }
        text.setLength(end.get());
        parse(text, fields);
        // The closing brace and what ends its line.
        ByteBuffer rest = header.upTo(start + end.get() + 1, 2);
        int line = 0;
        while (rest.hasRemaining() && line < 2) {
            byte next = rest.get();
            if (next == '\n') {
                line++;
                break;
            }
            if (next != '\r') {
                break;
            }
            line++;
        }
        return start + end.get() + 1 + line;
    }

    /** A brace ends the header only at the end of a line: values may have braces. */
    private static Optional<Integer> end(StringBuilder text, int from, boolean complete) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '}') {
                boolean last = i + 1 == text.length();
                if (last ? complete : text.charAt(i + 1) == '\n' || text.charAt(i + 1) == '\r') {
                    return Optional.of(i);
                }
            }
        }
        return Optional.empty();
    }

    private static void parse(CharSequence text, Map<String, String> fields) {
        String body = text.toString();
        for (String entry : body.substring(body.indexOf('{') + 1).split(";")) {
            int equals = entry.indexOf('=');
            String name = equals > 0 ? entry.substring(0, equals).strip() : "";
            if (!name.isEmpty() && fields.size() < 2 * Found.MOST) {
                fields.put(name, entry.substring(equals + 1).strip());
            }
        }
    }
}
