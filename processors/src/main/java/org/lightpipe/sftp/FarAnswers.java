package org.lightpipe.sftp;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.lightpipe.sftp.FarWriter.Answer;

/**
 * What the program of {@link FarWriter} says: compares files that come back with what they have to hold, as they come, so
 * that nothing of them is kept. Is written to by the one thread that reads the connection.
 */
final class FarAnswers extends OutputStream {

    private static final byte[] GREETING = "lightpipe writes\n".getBytes(StandardCharsets.US_ASCII);

    /** So much a profile of the account may say before the program begins. */
    private static final int MOST_NOISE = 1 << 16;

    private static final int DONE = 0;
    private static final int REFUSED = 1;

    private final Supplier<FarQuestion> oldest;
    private final Answered answered;
    private final Runnable greeted;
    private final Consumer<String> broken;
    private final byte[] header = new byte[5];
    private int greeting;
    private int noise;
    private boolean isBroken;
    private int headerFilled;
    private FarQuestion question;
    private int offset;
    private int left;
    private boolean same;

    /** Takes an answer. */
    interface Answered {
        void to(FarQuestion question, Answer answer);
    }

    /**
     * @param oldest the question whose answer comes next; gives nothing when none was asked
     * @param answered takes each answer; must not block
     * @param greeted is told once when the program begins
     * @param broken is told what is wrong, or that nothing more will come
     */
    FarAnswers(Supplier<FarQuestion> oldest, Answered answered, Runnable greeted, Consumer<String> broken) {
        this.oldest = oldest;
        this.answered = answered;
        this.greeted = greeted;
        this.broken = broken;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int count) {
        int at = start;
        int end = start + count;
        while (at < end && !isBroken) {
            if (greeting < GREETING.length) {
                greet(bytes[at++]);
            } else if (left > 0) {
                int part = Math.min(left, end - at);
                same = same && question.isSame(offset, bytes, at, part);
                offset += part;
                left -= part;
                at += part;
                endIfComplete();
            } else {
                header[headerFilled++] = bytes[at++];
                if (headerFilled == header.length) {
                    begin();
                }
            }
        }
    }

    private void greet(byte next) {
        // No beginning of the greeting comes again within it: after another byte it can only begin anew.
        greeting = next == GREETING[greeting] ? greeting + 1 : next == GREETING[0] ? 1 : 0;
        if (greeting == GREETING.length) {
            greeted.run();
        } else if (++noise > MOST_NOISE) {
            fail("it says something else than our program would");
        }
    }

    private void begin() {
        headerFilled = 0;
        ByteBuffer fields = ByteBuffer.wrap(header);
        int status = fields.get();
        int size = fields.getInt();
        question = oldest.get();
        if (question == null || status != DONE && status != REFUSED) {
            fail("it gave an answer that cannot be understood");
            return;
        }
        if (status == REFUSED) {
            answered.to(question, Answer.REFUSED);
            return;
        }
        left = question.follow(size);
        if (left < 0) {
            fail("it gave back more than there can be");
            return;
        }
        offset = 0;
        same = question.isSize(size);
        endIfComplete();
    }

    private void endIfComplete() {
        if (left == 0) {
            answered.to(question, same ? Answer.DONE : Answer.DIFFERENT);
        }
    }

    private void fail(String why) {
        isBroken = true;
        broken.accept(why);
    }

    @Override
    public void close() {
        broken.accept("it ended");
    }

    /** The first that a program says about what is wrong. */
    static final class FirstWords extends OutputStream {

        private static final int MOST = 200;

        private final StringBuilder words = new StringBuilder();

        @Override
        public synchronized void write(int b) {
            if (words.length() < MOST) {
                words.append(b >= ' ' && b < 0x7F ? (char) b : ' ');
            }
        }

        synchronized Optional<String> said() {
            return Optional.of(words.toString().strip()).filter(text -> !text.isEmpty());
        }
    }
}
