package org.lightpipe.sftp;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.FarWriter.Answer;

/** A question to the program of {@link FarWriter}, and what its answer has to look like. */
final class FarQuestion {

    private static final int HEAD = 18;
    private static final int TIMES = 1;
    private static final int FLUSH = 2;
    private static final int BACK = 4;
    private static final byte[] NOTHING = new byte[0];

    private final byte[] head;
    private final byte[] payload;
    private final int payloadLength;
    private final byte[] wanted;
    private final int wantedLength;
    private final boolean back;
    private final boolean slow;
    private final CompletableFuture<Answer> answer = new CompletableFuture<>();

    private FarQuestion(
            byte[] head,
            byte[] payload,
            int payloadLength,
            byte[] wanted,
            int wantedLength,
            boolean back,
            boolean slow) {
        this.head = head;
        this.payload = payload;
        this.payloadLength = payloadLength;
        this.wanted = wanted;
        this.wantedLength = wantedLength;
        this.back = back;
        this.slow = slow;
    }

    /** To make and write a file. */
    static FarQuestion write(byte[] path, FarWriter.NewFile file, boolean back, boolean flush) {
        int flags = (file.changed().isPresent() ? TIMES : 0) | (flush ? FLUSH : 0) | (back ? BACK : 0);
        byte[] head = head('p', flags, file.mode(), (int) file.changed().orElse(0), path, file.count());
        return new FarQuestion(head, file.bytes(), file.count(), file.bytes(), file.count(), back, flush);
    }

    /** Whether a file holds these bytes and no others. */
    static FarQuestion look(byte[] path, byte[] bytes) {
        return new FarQuestion(head('l', 0, 0, 0, path, 0), NOTHING, 0, bytes, bytes.length, true, false);
    }

    /** To rename a file; one that has the new name is replaced. */
    static FarQuestion rename(byte[] from, byte[] to) {
        return new FarQuestion(head('m', 0, 0, 0, from, to.length), to, to.length, NOTHING, 0, false, false);
    }

    /** To flush what was written to be flushed. */
    static FarQuestion flush() {
        return new FarQuestion(head('f', 0, 0, 0, NOTHING, 0), NOTHING, 0, NOTHING, 0, false, true);
    }

    private static byte[] head(char what, int flags, int mode, int time, byte[] path, int length) {
        return ByteBuffer.allocate(HEAD + path.length)
                .put((byte) what)
                .put((byte) flags)
                .putInt(mode)
                .putInt(time)
                .putInt(path.length)
                .putInt(length)
                .put(path)
                .array();
    }

    CompletableFuture<Answer> answer() {
        return answer;
    }

    /** Bytes on the way, there and back. */
    int size() {
        return head.length + payloadLength + (back ? wantedLength : 0);
    }

    /** True when the answer may take long. */
    boolean isSlow() {
        return slow;
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(head);
        out.write(payload, 0, payloadLength);
    }

    /** How many bytes follow an answer that tells of a file of this size; less than none when that cannot be. */
    int follow(int size) {
        if (!back) {
            return 0;
        }
        return size < 0 || size > wantedLength + 1 ? -1 : size;
    }

    /** True when the far side's file is as long as it has to be. */
    boolean isSize(int size) {
        return size == wantedLength;
    }

    /** True when these are the bytes that the file has to hold from there on. */
    boolean isSame(int offset, byte[] bytes, int start, int count) {
        return offset + count <= wantedLength
                && Arrays.equals(wanted, offset, offset + count, bytes, start, start + count);
    }
}
