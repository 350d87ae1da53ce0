package org.lightpipe.core;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * File names as text, whatever bytes they are made of. A name on Linux is bytes; the catalog keeps text. Bytes that are
 * UTF-8 become the characters they stand for; every other byte {@code b} becomes the character U+F700 + {@code b}, of
 * the private use area (U+F780 to U+F7FF). Real characters of that range are written byte by byte in the same way, so that
 * two different names never become the same text, and {@code bytes(text(b))} is {@code b} for all bytes.
 */
public final class RawName {

    private static final char FIRST = '\uF780';
    private static final char LAST = '\uF7FF';
    private static final int OFFSET = 0xF700;
    private static final char REPLACEMENT = '\uFFFD';
    private static final String HEX = "0123456789abcdef";

    /** With another encoding of names the JVM loses what is not ASCII; then names go the long way. */
    private static final boolean UTF8 = "UTF-8".equals(System.getProperty("sun.jnu.encoding"));

    private RawName() {}

    /** The text of a name or path that is made of these bytes. */
    public static String text(byte[] bytes) {
        return text(bytes, 0, bytes.length);
    }

    /** The text of a name or path that is made of a part of these bytes. */
    public static String text(byte[] bytes, int from, int length) {
        for (int i = from; i < from + length; i++) {
            if (bytes[i] < 0) {
                return decoded(ByteBuffer.wrap(bytes, from, length));
            }
        }
        return new String(bytes, from, length, StandardCharsets.US_ASCII);
    }

    /** The text of a path, relative when the path is. */
    public static String text(Path path) {
        String text = path.toString();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 && (!UTF8 || c == REPLACEMENT || isEscape(c))) {
                return text(rawBytes(path));
            }
        }
        return text;
    }

    /**
     * The bytes of the name or path that this is the text of.
     *
     * @throws InvalidPathException when no file can have this name: half a surrogate pair
     */
    public static byte[] bytes(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || isEscape(text.charAt(i))) {
                encode(text, from, i, bytes);
                if (i < text.length()) {
                    bytes.write(text.charAt(i) - OFFSET);
                }
                from = i + 1;
            }
        }
        return bytes.toByteArray();
    }

    /**
     * The path that this is the text of, relative when the text does not begin with '/'.
     *
     * @throws InvalidPathException when no file can have this name: it has a NUL, or half a surrogate pair
     */
    public static Path path(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw new InvalidPathException(text, "NUL in a name");
            }
            if (c >= 0x80 && (!UTF8 || isEscape(c))) {
                return rawPath(text);
            }
        }
        return Path.of(text);
    }

    /** For people: control characters and raw bytes as {@code \n}, {@code \x1b}, {@code \xff}; a backslash is doubled. */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> shown.append("\\\\");
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                case '\t' -> shown.append("\\t");
                default -> show(c, shown);
            }
        }
        return shown.toString();
    }

    private static void show(char c, StringBuilder shown) {
        if (isEscape(c)) {
            shown.append("\\x");
            hex(c - OFFSET, 2, shown);
        } else if (c < 0x20 || c == 0x7f) {
            shown.append("\\x");
            hex(c, 2, shown);
        } else if (changesTheLine(c)) {
            shown.append("\\u");
            hex(c, 4, shown);
        } else {
            shown.append(c);
        }
    }

    /** Controls, line separators, and what turns the direction of writing: with these a name looks like another. */
    private static boolean changesTheLine(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    private static void hex(int value, int digits, StringBuilder shown) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            shown.append(HEX.charAt(value >> shift & 0xf));
        }
    }

    private static boolean isEscape(char c) {
        return c >= FIRST && c <= LAST;
    }

    private static String decoded(ByteBuffer bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer some = CharBuffer.allocate(bytes.remaining() + 1);
        StringBuilder text = new StringBuilder(bytes.remaining());
        while (true) {
            CoderResult result = decoder.decode(bytes, some, true);
            append(some.flip(), text);
            some.clear();
            if (result.isUnderflow()) {
                return text.toString();
            }
            // One byte at a time: what follows it may be UTF-8 again.
            text.append((char) (OFFSET + (bytes.get() & 0xff)));
            decoder.reset();
        }
    }

    private static void append(CharBuffer characters, StringBuilder text) {
        while (characters.hasRemaining()) {
            char c = characters.get();
            if (isEscape(c)) {
                for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
                    text.append((char) (OFFSET + (b & 0xff)));
                }
            } else {
                text.append(c);
            }
        }
    }

    private static void encode(String text, int from, int to, ByteArrayOutputStream bytes) {
        if (from < to) {
            try {
                ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text, from, to));
                bytes.write(encoded.array(), encoded.arrayOffset(), encoded.remaining());
            } catch (CharacterCodingException e) {
                throw new InvalidPathException(text, "half a surrogate pair");
            }
        }
    }

    /** The JDK keeps the bytes of a path to itself; as a URI it shows each of them. */
    private static byte[] rawBytes(Path path) {
        String uri = Path.of("/").resolve(path).toUri().getRawPath();
        int from = path.isAbsolute() ? 0 : 1;
        int to = uri.length() > 1 && uri.endsWith("/") ? uri.length() - 1 : uri.length();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(to);
        for (int i = from; i < to; i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    private static Path rawPath(String text) {
        StringBuilder uri = new StringBuilder("file://");
        char before = 0;
        for (byte b : bytes(text.startsWith("/") ? text : "/" + text)) {
            int value = b & 0xff;
            if (value == 0) {
                throw new InvalidPathException(text, "NUL in a name");
            }
            boolean plain = value < 0x80 && (Character.isLetterOrDigit(value) || value == '/');
            if (plain && !(value == '/' && before == '/')) {
                uri.append((char) value);
            } else if (!plain) {
                uri.append('%');
                hex(value, 2, uri);
            }
            before = (char) value;
        }
        Path path = Path.of(URI.create(uri.toString()));
        // Not relativize: it takes ".." out, and who checks paths has to see it.
        return text.startsWith("/") ? path : path.subpath(0, path.getNameCount());
    }
}
