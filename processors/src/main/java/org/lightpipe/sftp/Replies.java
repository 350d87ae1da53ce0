package org.lightpipe.sftp;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.lightpipe.sftp.SftpConnection.Bytes;

/**
 * What the server answers, by the kind of question. Each takes the type of the reply and its fields after the id.
 *
 * <p>They throw {@link SftpStatusException} where the server refuses, and {@link BufferUnderflowException} where a reply
 * is cut off.
 */
final class Replies {

    private static final int STATUS = 101;
    private static final int HANDLE = 102;
    private static final int DATA = 103;
    private static final int NAME = 104;
    private static final int ATTRS = 105;
    private static final int EXTENDED_REPLY = 201;

    private Replies() {}

    /** What the server offers beyond the protocol, by its greeting: names and their versions. */
    static Map<String, String> offers(ByteBuffer fields) {
        fields.getInt(); // its version; we speak 3, and it has to speak the lower of the two
        Map<String, String> offers = new HashMap<>();
        while (fields.hasRemaining()) {
            String name = new String(Packet.getString(fields), StandardCharsets.US_ASCII);
            offers.put(name, new String(Packet.getString(fields), StandardCharsets.US_ASCII));
        }
        return offers;
    }

    static Void ok(int type, ByteBuffer fields) throws IOException {
        if (type != STATUS) {
            throw unexpected(type);
        }
        int code = fields.getInt();
        if (code != Status.OK) {
            throw refused(code, fields);
        }
        return null;
    }

    static byte[] handle(int type, ByteBuffer fields) throws IOException {
        return Packet.getString(expect(HANDLE, type, fields));
    }

    static Bytes data(int type, ByteBuffer fields) throws IOException {
        if (type == STATUS) {
            int code = fields.getInt();
            if (code == Status.EOF) {
                return new Bytes(fields.array(), 0, 0);
            }
            throw refused(code, fields);
        }
        expect(DATA, type, fields);
        int count = fields.getInt();
        if (count < 0 || count > fields.remaining()) {
            throw new BufferUnderflowException();
        }
        return new Bytes(fields.array(), fields.position(), count);
    }

    static Attributes attrs(int type, ByteBuffer fields) throws IOException {
        return Attributes.get(expect(ATTRS, type, fields));
    }

    static byte[] name(int type, ByteBuffer fields) throws IOException {
        if (expect(NAME, type, fields).getInt() < 1) {
            throw new IOException("the server gave no name");
        }
        return Packet.getString(fields);
    }

    static ByteBuffer extendedReply(int type, ByteBuffer fields) throws IOException {
        return expect(EXTENDED_REPLY, type, fields);
    }

    private static ByteBuffer expect(int wanted, int type, ByteBuffer fields) throws IOException {
        if (type == STATUS) {
            throw refused(fields.getInt(), fields);
        }
        if (type != wanted) {
            throw unexpected(type);
        }
        return fields;
    }

    private static IOException unexpected(int type) {
        return new IOException("the server gave an answer of type " + type + ", which does not fit the question");
    }

    private static SftpStatusException refused(int code, ByteBuffer fields) {
        String message = fields.remaining() >= 4 ? new String(Packet.getString(fields), StandardCharsets.UTF_8) : "";
        return new SftpStatusException(code, message.isBlank() ? "status " + code : message);
    }
}
