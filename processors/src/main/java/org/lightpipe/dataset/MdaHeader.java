package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * MDA, which the saveData module of synApps writes for scans of the APS: XDR, that is big endian in units of four bytes.
 * Reads rank and dimensions, the positioners, detectors and triggers of each dimension (from the first of its scans), and
 * the extra process variables; the arrays between them are passed over. At most {@value #RANK} dimensions and
 * {@value #MANY} entries of each kind.
 */
final class MdaHeader implements HeaderReader {

    static final int RANK = 16;
    static final int MANY = 1000;
    private static final int MAX_TEXT = 4096;
    private static final float OLDEST = 1.0f;
    private static final float NEWEST = 2.0f;

    /** How saveData says the type of a process variable. */
    private static final int STRING = 0;

    private static final int SHORT = 29;
    private static final int FLOAT = 30;
    private static final int CHAR = 32;
    private static final int LONG = 33;
    private static final int DOUBLE = 34;

    @Override
    public String format() {
        return "MDA";
    }

    @Override
    public Set<String> extensions() {
        return Set.of("mda");
    }

    /** There is no signature but the version, 1.3 or 1.4, and a rank that makes sense. */
    @Override
    public boolean accepts(ByteBuffer head) {
        if (head.remaining() < 16) {
            return false;
        }
        float version = head.getFloat(0);
        int rank = head.getInt(8);
        return (version == 1.2f || version == 1.3f || version == 1.4f) && rank >= 1 && rank <= RANK;
    }

    @Override
    public void read(HeaderBytes header, Selection selection, Found found)
            throws IOException, MalformedHeaderException {
        Xdr xdr = new Xdr(header, 0);
        float version = xdr.single();
        if (!(version > OLDEST && version < NEWEST)) {
            throw new MalformedHeaderException("version " + version + " of MDA is not known");
        }
        found.put("version", String.valueOf(version));
        found.put("scanNumber", xdr.integer());
        int rank = xdr.count("dimensions", RANK);
        StringBuilder dimensions = new StringBuilder("[");
        for (int i = 0; i < rank; i++) {
            dimensions.append(i == 0 ? "" : ", ").append(xdr.integer());
        }
        found.put("rank", rank);
        found.put("dimensions", dimensions.append(']').toString());
        found.put("regular", xdr.integer() != 0);
        long extra = Integer.toUnsignedLong(xdr.integer());
        scans(header, xdr, rank, found);
        if (extra != 0) {
            variables(new Xdr(header, extra), found);
        }
    }

    private static void scans(HeaderBytes header, Xdr start, int rank, Found found)
            throws IOException, MalformedHeaderException {
        Xdr xdr = start;
        for (int dimension = rank; dimension >= 1; dimension--) {
            int own = xdr.integer();
            if (own != dimension) {
                throw new MalformedHeaderException("dimension " + dimension + " says that it is dimension " + own);
            }
            long points = Integer.toUnsignedLong(xdr.integer());
            int current = xdr.integer();
            long inner = 0;
            if (own > 1 && points > 0) {
                inner = Integer.toUnsignedLong(xdr.integer());
                xdr.skip((points - 1) * Integer.BYTES);
            }
            String name = xdr.text();
            String time = xdr.text();
            if (dimension == rank) {
                found.put("scan", name);
                found.put("time", time);
                found.put("pointsDone", current);
            }
            int positioners = xdr.count("positioners", MANY);
            int detectors = xdr.count("detectors", MANY);
            int triggers = xdr.count("triggers", MANY);
            for (int i = 0; i < positioners; i++) {
                positioner(xdr, dimension, found);
            }
            for (int i = 0; i < detectors; i++) {
                detector(xdr, dimension, found);
            }
            for (int i = 0; i < triggers; i++) {
                xdr.integer();
                String trigger = xdr.text();
                found.put("trigger/" + trigger, xdr.single());
            }
            if (dimension > 1 && inner == 0) {
                // A scan that was stopped has no inner scans yet.
                return;
            }
            xdr = new Xdr(header, inner);
        }
    }

    private static void positioner(Xdr xdr, int dimension, Found found) throws IOException, MalformedHeaderException {
        xdr.integer();
        String name = xdr.text();
        String description = xdr.text();
        String mode = xdr.text();
        String units = xdr.text();
        String readback = xdr.text();
        xdr.text();
        xdr.text();
        String key = "positioner/" + name;
        found.put(key, description.isBlank() ? name : description);
        found.put(key + "@units", units);
        found.put(key + "@mode", mode);
        found.put(key + "@readback", readback);
        found.put(key + "@dimension", dimension);
    }

    private static void detector(Xdr xdr, int dimension, Found found) throws IOException, MalformedHeaderException {
        xdr.integer();
        String name = xdr.text();
        String description = xdr.text();
        String units = xdr.text();
        String key = "detector/" + name;
        found.put(key, description.isBlank() ? name : description);
        found.put(key + "@units", units);
        if (dimension > 1) {
            found.put(key + "@dimension", dimension);
        }
    }

    private static void variables(Xdr xdr, Found found) throws IOException, MalformedHeaderException {
        int count = xdr.count("process variables", 10 * MANY);
        for (int i = 0; i < count && !found.isFull(); i++) {
            String name = xdr.text();
            String description = xdr.text();
            int type = xdr.integer();
            String key = "pv/" + name;
            if (type == STRING) {
                found.put(key, xdr.text());
            } else {
                int values = xdr.integer();
                if (values < 0) {
                    throw new MalformedHeaderException("process variable " + name + " has " + values + " values");
                }
                String units = xdr.text();
                value(xdr, key, type, values, found);
                found.put(key + "@units", units);
            }
            found.put(key + "@description", description);
        }
    }

    /** A single value is taken, and text; of an array only its length. */
    private static void value(Xdr xdr, String key, int type, int count, Found found)
            throws IOException, MalformedHeaderException {
        if (type == CHAR) {
            found.put(key, xdr.bytes(count));
            return;
        }
        int width = switch (type) {
            case SHORT, LONG, FLOAT -> Integer.BYTES;
            case DOUBLE -> Double.BYTES;
            default ->
                throw new MalformedHeaderException("a process variable has the type " + type + ", which is not known");
        };
        if (count != 1) {
            xdr.skip((long) count * width);
            found.put(key, "[" + count + "]");
        } else if (type == DOUBLE) {
            found.put(key, xdr.number());
        } else if (type == FLOAT) {
            found.put(key, xdr.single());
        } else {
            found.put(key, xdr.integer());
        }
    }

    /** Reads XDR from an offset on, a window at a time. */
    private static final class Xdr {

        private static final int WINDOW = 8192;

        private final HeaderBytes header;
        private long offset;
        private ByteBuffer window = ByteBuffer.allocate(0);

        Xdr(HeaderBytes header, long offset) {
            this.header = header;
            this.offset = offset;
        }

        private void need(int bytes) throws IOException, MalformedHeaderException {
            if (window.remaining() < bytes) {
                long at = offset;
                window = header.upTo(at, Math.max(bytes, WINDOW));
                if (window.remaining() < bytes) {
                    header.at(at, bytes);
                    throw new MalformedHeaderException("it was cut short");
                }
            }
            offset += bytes;
        }

        int integer() throws IOException, MalformedHeaderException {
            need(Integer.BYTES);
            return window.getInt();
        }

        float single() throws IOException, MalformedHeaderException {
            need(Float.BYTES);
            return window.getFloat();
        }

        double number() throws IOException, MalformedHeaderException {
            need(Double.BYTES);
            return window.getDouble();
        }

        int count(String what, int most) throws IOException, MalformedHeaderException {
            int count = integer();
            if (count < 0 || count > most) {
                throw new MalformedHeaderException(
                        "it has " + Integer.toUnsignedString(count) + " " + what + "; at most " + most + " make sense");
            }
            return count;
        }

        void skip(long bytes) {
            offset += bytes;
            if (bytes < window.remaining()) {
                window.position(window.position() + (int) bytes);
            } else {
                window.position(window.limit());
            }
        }

        /** A counted string: its length, and, where that is not 0, its length again, and its bytes in units of four. */
        String text() throws IOException, MalformedHeaderException {
            if (count("characters in a text", MAX_TEXT) == 0) {
                return "";
            }
            return bytes(count("characters in a text", MAX_TEXT));
        }

        String bytes(int length) throws IOException, MalformedHeaderException {
            int taken = Math.min(length, MAX_TEXT);
            need(taken);
            byte[] text = new byte[taken];
            window.get(text);
            skip(length - (long) taken + (4 - length % 4) % 4);
            return new String(text, StandardCharsets.ISO_8859_1);
        }
    }
}
