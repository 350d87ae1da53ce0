package org.lightpipe.sftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request on its way to the server: its fields, and after them perhaps bytes that are not copied. */
final class Packet {

    private static final int HEADER = 9;
    private static final byte[] NOTHING = new byte[0];

    private byte[] fields;
    private int length = HEADER;
    private byte[] payload = NOTHING;
    private int payloadStart;
    private int payloadLength;

    Packet(int type, int room) {
        this.fields = new byte[HEADER + room];
        this.fields[4] = (byte) type;
    }

    Packet putInt(int value) {
        room(4);
        ByteBuffer.wrap(fields).putInt(length, value);
        length += 4;
        return this;
    }

    Packet putLong(long value) {
        room(8);
        ByteBuffer.wrap(fields).putLong(length, value);
        length += 8;
        return this;
    }

    Packet putString(byte[] value) {
        putInt(value.length);
        room(value.length);
        System.arraycopy(value, 0, fields, length, value.length);
        length += value.length;
        return this;
    }

    Packet putText(String ascii) {
        return putString(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    Packet put(Attributes attributes) {
        attributes.put(this);
        return this;
    }

    /** Ends the request with bytes; the array must stay as it is until the answer is there. */
    Packet putPayload(byte[] bytes, int start, int count) {
        putInt(count);
        payload = bytes;
        payloadStart = start;
        payloadLength = count;
        return this;
    }

    /** The first request of a connection carries the version where others carry their id. */
    Packet numbered(int id) {
        ByteBuffer.wrap(fields).putInt(0, length + payloadLength - 4).putInt(5, id);
        return this;
    }

    /** Size on the wire, in bytes. */
    int size() {
        return length + payloadLength;
    }

    void writeTo(java.io.OutputStream out) throws java.io.IOException {
        out.write(fields, 0, length);
        if (payloadLength > 0) {
            out.write(payload, payloadStart, payloadLength);
        }
    }

    private void room(int more) {
        if (length + more > fields.length) {
            fields = Arrays.copyOf(fields, Math.max(fields.length * 2, length + more));
        }
    }

    /** A string of a reply: its bytes. */
    static byte[] getString(ByteBuffer bytes) {
        int count = bytes.getInt();
        if (count < 0 || count > bytes.remaining()) {
            throw new java.nio.BufferUnderflowException();
        }
        byte[] value = new byte[count];
        bytes.get(value);
        return value;
    }
}
