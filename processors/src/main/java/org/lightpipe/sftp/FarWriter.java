package org.lightpipe.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Writes small files by a program that runs in the shell of the far account, where it has one with Perl: each file is one
 * question, which SFTP takes six for, and a server that answers each of them for itself costs more than the file. The
 * command is always the same text, and so is the program, which goes into its standard input before the files do.
 * Questions are answered in their order; many are on their way at the same time. Thread-safe.
 *
 * <p>Whatever it refuses may be tried over SFTP, which tells why. Once something unexpected comes of it, it is of no use
 * any more: all that was not answered is unknown then, and {@link FarWriterException} says so.
 */
public final class FarWriter {

    private static final int MOST_QUESTIONS = 1024;
    private static final long MOST_BYTES = 4L << 20;

    /** Small questions share SSH packets, and the thread that sends them is woken for some at once. */
    private static final int GATHERED_BYTES = 1 << 16;

    private static final int GATHERED = 64;
    private static final long FLUSH_PATIENCE_MILLIS = TimeUnit.MINUTES.toMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int PROBE_LENGTH = 32;
    private static final int PRIVATE = 0600;

    private static final byte[] PROGRAM = program();

    /** Reads no more than the program: what follows it in the input is for the program. It suits any shell. */
    static final String COMMAND = "exec perl -e 'my $p = \"\"; 1 while length($p) < " + PROGRAM.length
            + " and sysread STDIN, $p, " + PROGRAM.length + " - length($p), length($p); eval $p; die $@'";

    private final SftpConnection connection;
    private final SftpAccess access;
    private final byte[] home;
    private final Window window = new Window(MOST_QUESTIONS, MOST_BYTES);
    private final Deque<FarQuestion> asked = new ArrayDeque<>();
    private final BlockingQueue<List<FarQuestion>> outgoing = new LinkedBlockingQueue<>();
    private final AtomicInteger slow = new AtomicInteger();
    private final CompletableFuture<Void> greeting = new CompletableFuture<>();
    private final AtomicReference<FarWriterException> failure = new AtomicReference<>();
    private final AtomicReference<SshTransport.Running> running = new AtomicReference<>();
    private final FarAnswers.FirstWords errors = new FarAnswers.FirstWords();
    private List<FarQuestion> gathered = new ArrayList<>();
    private int gatheredBytes;
    private volatile long lastAnswer = System.nanoTime();

    /** What the far side answers. */
    public enum Answer {
        /** It was done, and what should have come back did. */
        DONE,
        /** It was done, but what the far side has now is something else. */
        DIFFERENT,
        /** It was not done. */
        REFUSED
    }

    /**
     * A file to be made.
     *
     * @param path where; a file that is there is refused
     * @param mode permission bits
     * @param changed time of the last change, in seconds since 1970; empty for now
     * @param bytes hold what is written; must stay as they are until the answer is there
     * @param count how many of them
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record NewFile(byte[] path, int mode, OptionalLong changed, byte[] bytes, int count) {}

    private FarWriter(SftpConnection connection, SftpAccess access, byte[] home) {
        this.connection = connection;
        this.access = access;
        this.home = home;
    }

    static byte[] program() {
        try (InputStream text = FarWriter.class.getResourceAsStream("far-writer.pl")) {
            return text.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts the program, and sees that its files are those of SFTP.
     *
     * @param probe path of a file that is made for that, and removed
     * @throws FarWriterException when the far side has no shell with Perl, or one that sees other files
     * @throws SftpStatusException when the file cannot be made
     */
    static FarWriter start(SftpConnection connection, SshTransport transport, SftpAccess access, byte[] probe)
            throws IOException {
        byte[] content = new byte[PROBE_LENGTH];
        ThreadLocalRandom.current().nextBytes(content);
        makeProbe(connection, probe, content);
        try {
            byte[] home = connection.await(connection.realPath(new byte[] {'.'}));
            FarWriter started = new FarWriter(connection, access, home);
            try {
                started.run(transport);
                started.check(probe, content);
                return started;
            } catch (IOException e) {
                started.close();
                throw e;
            }
        } finally {
            try {
                connection.await(connection.remove(probe));
            } catch (SftpStatusException e) {
                // Whoever needs the name replaces what is there.
            }
        }
    }

    private static void makeProbe(SftpConnection connection, byte[] probe, byte[] content) throws IOException {
        connection.remove(probe); // comes first, and whether it was there does not matter
        byte[] handle = connection.await(connection.open(
                probe,
                OpenFlags.WRITE | OpenFlags.CREATE | OpenFlags.NEW,
                Attributes.none().withMode(PRIVATE)));
        CompletableFuture<Void> written = connection.write(handle, 0, content, 0, content.length);
        connection.await(connection.close(handle));
        connection.await(written);
    }

    private void run(SshTransport transport) throws IOException {
        FarAnswers answers =
                new FarAnswers(this::oldest, this::answered, () -> greeting.complete(null), why -> fail(why, null));
        SshTransport.Running command;
        try {
            command = transport.start(COMMAND, answers, errors);
        } catch (IOException e) {
            throw broken(e);
        }
        running.set(command);
        Thread sender = new Thread(() -> send(command.input()), "sftp-shell " + access.shown());
        sender.setDaemon(true);
        sender.start();
        await(greeting, access.timeouts().connect());
    }

    private void check(byte[] probe, byte[] content) throws IOException {
        CompletableFuture<Answer> seen = ask(FarQuestion.look(absolute(probe), content));
        push();
        if (await(seen, access.timeouts().answer()) != Answer.DONE) {
            throw new FarWriterException(
                    "the shell of " + access.shown() + " sees other files than its SFTP does", null);
        }
    }

    // ---- questions and waiting ------------------------------------------------------------------------------------

    /**
     * Makes a file and writes it; waits for room where too much is on its way.
     *
     * @param back true when what it holds then is read back and compared; else only its size is
     * @param flush true when it is to be on the disk of the far side once {@link #flush} is answered
     */
    public CompletableFuture<Answer> write(NewFile file, boolean back, boolean flush) throws IOException {
        return ask(FarQuestion.write(absolute(file.path()), file, back, flush));
    }

    /** Renames a file; one that has the new name is replaced in one step. */
    public CompletableFuture<Answer> rename(byte[] from, byte[] to) throws IOException {
        return ask(FarQuestion.rename(absolute(from), absolute(to)));
    }

    /** Writes to the disk of the far side what was written before to be flushed. It is never refused. */
    public CompletableFuture<Answer> flush() throws IOException {
        return ask(FarQuestion.flush());
    }

    private byte[] absolute(byte[] path) {
        return FarPath.absolute(home, path);
    }

    private CompletableFuture<Answer> ask(FarQuestion question) throws IOException {
        enter(question.size());
        synchronized (this) {
            if (asked.isEmpty()) {
                lastAnswer = System.nanoTime();
            }
            if (question.isSlow()) {
                slow.incrementAndGet();
            }
            asked.add(question);
            gathered.add(question);
            gatheredBytes += question.size();
            if (gathered.size() >= GATHERED || gatheredBytes >= GATHERED_BYTES) {
                push();
            }
        }
        if (failure.get() != null) {
            failAsked();
        }
        return question.answer();
    }

    private void enter(int size) throws IOException {
        boolean entered;
        try {
            entered = window.enter(size, FLUSH_PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
        if (!entered) {
            fail("no answer in time", null);
            throw broken(failure.get());
        }
    }

    /** Sends what was gathered. */
    private synchronized void push() {
        if (!gathered.isEmpty()) {
            outgoing.add(gathered);
            gathered = new ArrayList<>();
            gatheredBytes = 0;
        }
    }

    /**
     * Waits for an answer. It comes, or fails, in time: the connection is watched.
     *
     * @throws FarWriterException when the program is of no use any more
     * @throws SftpConnectionException when the connection broke
     * @throws InterruptedIOException when the thread is interrupted; its interrupt status stays set
     */
    public Answer await(CompletableFuture<Answer> answer) throws IOException {
        if (!answer.isDone()) {
            push();
        }
        return await(answer, LONGEST_WAIT);
    }

    private <T> T await(CompletableFuture<T> answer, Duration most) throws IOException {
        try {
            return answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        } catch (ExecutionException e) {
            throw broken(e.getCause());
        } catch (TimeoutException e) {
            fail("no answer within " + most.toSeconds() + " s", e);
            throw broken(failure.get());
        }
    }

    /** Where it was the connection that broke, and not the program on it, SFTP fails too. */
    private FarWriterException broken(Throwable cause) throws IOException {
        try {
            connection.await(connection.realPath(new byte[] {'.'}));
        } catch (SftpStatusException e) {
            // It answers.
        }
        return new FarWriterException(cause.getMessage(), cause);
    }

    /** True while it can be asked. */
    boolean isOpen() {
        return failure.get() == null;
    }

    /** Called every second or so by whoever owns the connection: ends it when answers stay away. */
    void watch() {
        push();
        synchronized (this) {
            if (asked.isEmpty()) {
                return;
            }
        }
        long patience = patience(slow.get() > 0);
        if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastAnswer) > patience) {
            fail("no answer within " + TimeUnit.MILLISECONDS.toSeconds(patience) + " s", null);
        }
    }

    private long patience(boolean flushing) {
        long answer = access.timeouts().answer().toMillis();
        return flushing ? Math.max(FLUSH_PATIENCE_MILLIS, answer) : answer;
    }

    // ---- the wire -------------------------------------------------------------------------------------------------

    /** Runs on its own thread: encrypting and sending goes on while others read their files. */
    private void send(OutputStream input) {
        try {
            input.write(PROGRAM);
            input.write(ByteBuffer.allocate(2 * Integer.BYTES)
                    .putInt((int) TimeUnit.MILLISECONDS.toSeconds(patience(false)))
                    .putInt((int) TimeUnit.MILLISECONDS.toSeconds(patience(true)))
                    .array());
            input.flush();
            while (failure.get() == null) {
                List<FarQuestion> questions = outgoing.poll(1, TimeUnit.SECONDS);
                if (questions == null) {
                    continue;
                }
                for (FarQuestion question : questions) {
                    question.writeTo(input);
                }
                if (outgoing.isEmpty()) {
                    input.flush();
                }
            }
        } catch (IOException e) {
            fail("it does not take what is sent", e);
        } catch (InterruptedException e) {
            fail("it was closed", e);
        }
    }

    /** The question that is answered next; none once it is of no use any more. */
    private synchronized FarQuestion oldest() {
        return failure.get() == null ? asked.peek() : null;
    }

    /** Runs on the thread that reads the connection. */
    private void answered(FarQuestion question, Answer answer) {
        lastAnswer = System.nanoTime();
        synchronized (this) {
            if (failure.get() != null) {
                return; // it got that for an answer
            }
            asked.remove();
        }
        left(question);
        question.answer().complete(answer);
    }

    private void left(FarQuestion question) {
        window.leave(question.size());
        if (question.isSlow()) {
            slow.decrementAndGet();
        }
    }

    /** Only the first reason counts. */
    private void fail(String why, Throwable cause) {
        String words = errors.said().map(said -> why + " (" + said + ")").orElse(why);
        FarWriterException broken = new FarWriterException("the shell of " + access.shown() + ": " + words, cause);
        if (failure.compareAndSet(null, broken)) {
            greeting.completeExceptionally(broken);
            window.close();
            failAsked();
        }
        SshTransport.Running command = running.getAndSet(null);
        if (command != null) {
            // Not here: this may be a thread that must not wait until a message has gone out.
            Thread end = new Thread(command::end, "sftp-shell-end " + access.shown());
            end.setDaemon(true);
            end.start();
        }
    }

    private void failAsked() {
        List<FarQuestion> unanswered;
        synchronized (this) {
            unanswered = List.copyOf(asked);
            asked.clear();
        }
        for (FarQuestion question : unanswered) {
            left(question);
            question.answer().completeExceptionally(failure.get());
        }
    }

    /** Ends the program at once, and what it was asked and has not done. */
    public void close() {
        fail("it was closed", null);
    }
}
