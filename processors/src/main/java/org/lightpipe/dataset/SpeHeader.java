package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * SPE of Princeton Instruments: the {@value #LENGTH} bytes of WinView and WinSpec (2.x), and for 3.x the XML that
 * LightField writes behind the data, at most {@value LightFieldXml#MOST} bytes of it. Offsets: SPE 2.x file header
 * structure ("WINHEAD.TXT"), SPE 3.0 File Format Specification, both by the maker.
 */
final class SpeHeader implements HeaderReader {

    static final int LENGTH = 4100;
    private static final int WINVIEW_ID = 0x01234567;
    private static final short LAST_VALUE = 0x5555;
    private static final int ID_OFFSET = 2996;
    private static final int LAST_OFFSET = 4098;
    private static final int VERSION_OFFSET = 1992;
    private static final int MAX_REGIONS = 10;

    @Override
    public String format() {
        return "SPE";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("spe");
    }

    @Override
    public boolean accepts(ByteBuffer head) {
        if (head.remaining() < LENGTH) {
            return false;
        }
        ByteBuffer spe = head.order(ByteOrder.LITTLE_ENDIAN);
        float version = spe.getFloat(VERSION_OFFSET);
        return spe.getInt(ID_OFFSET) == WINVIEW_ID
                || spe.getShort(LAST_OFFSET) == LAST_VALUE && version >= 1 && version < 4;
    }

    @Override
    public void read(HeaderBytes header, Selection selection, Found found)
            throws IOException, MalformedHeaderException {
        ByteBuffer spe = header.at(0, LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        float version = spe.getFloat(VERSION_OFFSET);
        found.put("version", version);
        found.put("width", unsigned(spe, 42));
        found.put("height", unsigned(spe, 656));
        found.put("frames", spe.getInt(1446));
        found.put("type", type(spe.getShort(108)));
        if (version >= 3) {
            xml(header, spe.getLong(678), selection, found);
            return;
        }
        found.put("exposure", spe.getFloat(10));
        found.put("exposure@units", "s");
        found.put("detectorWidth", unsigned(spe, 6));
        found.put("detectorHeight", unsigned(spe, 18));
        found.put("detectorTemperature", spe.getFloat(36));
        found.put("readoutTime", spe.getFloat(672));
        found.put("readoutTime@units", "ms");
        found.put("time", (text(spe, 20, 10) + " " + clock(text(spe, 172, 7))).strip());
        if (spe.getFloat(72) != 0) {
            found.put("centerWavelength", spe.getFloat(72));
            found.put("centerWavelength@units", "nm");
        }
        for (int i = 0; i < 5; i++) {
            found.put("comment" + (i + 1), text(spe, 200 + 80 * i, 80));
        }
        int regions = Math.min(Math.max(0, spe.getShort(1510)), MAX_REGIONS);
        for (int i = 0; i < regions; i++) {
            int at = 1512 + 12 * i;
            if (unsigned(spe, at + 2) != 0) {
                found.put(
                        "region" + (i + 1),
                        String.format(
                                "x %d–%d by %d, y %d–%d by %d",
                                unsigned(spe, at),
                                unsigned(spe, at + 2),
                                unsigned(spe, at + 4),
                                unsigned(spe, at + 6),
                                unsigned(spe, at + 8),
                                unsigned(spe, at + 10)));
            }
        }
    }

    private static void xml(HeaderBytes header, long offset, Selection selection, Found found)
            throws IOException, MalformedHeaderException {
        if (offset < LENGTH || offset >= header.size()) {
            throw new MalformedHeaderException("its XML would begin at byte " + Long.toUnsignedString(offset) + " of "
                    + header.size() + ": it is damaged, or was cut short");
        }
        LightFieldXml.read(header.upTo(offset, LightFieldXml.MOST), header.size() - offset, selection, found);
    }

    private static int unsigned(ByteBuffer spe, int at) {
        return Short.toUnsignedInt(spe.getShort(at));
    }

    private static String type(short code) {
        return switch (code) {
            case 0 -> "float32";
            case 1 -> "int32";
            case 2 -> "int16";
            case 3 -> "uint16";
            case 5 -> "float64";
            case 6 -> "uint8";
            case 8 -> "uint32";
            default -> "code " + code;
        };
    }

    /** A text that ends at a NUL or at its length. */
    private static String text(ByteBuffer spe, int at, int length) {
        int end = 0;
        while (end < length && spe.get(at + end) != 0) {
            end++;
        }
        return StandardCharsets.ISO_8859_1.decode(spe.slice(at, end)).toString().strip();
    }

    private static String clock(String digits) {
        return digits.matches("\\d{6}")
                ? digits.substring(0, 2) + ":" + digits.substring(2, 4) + ":" + digits.substring(4)
                : digits;
    }
}
