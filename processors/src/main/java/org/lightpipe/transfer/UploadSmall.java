package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.sftp.FarWriter;
import org.lightpipe.sftp.FarWriter.Answer;
import org.lightpipe.sftp.FarWriterException;
import org.lightpipe.sftp.SftpConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the small files of a group through the shell of the far side, where it has one: one message for each file. What
 * was not proved there, for whatever reason, is left for SFTP, which proves it or tells what is wrong.
 */
final class UploadSmall {

    /** From so many small files on it is worth the while. */
    static final int FEWEST = 16;

    private static final Logger LOG = LoggerFactory.getLogger(UploadSmall.class);

    private static final long LARGEST = 256 << 10;

    private final SftpConnection connection;
    private final UploadPolicy policy;
    private final ShellUse shell;
    private final Meter meter;
    private final BooleanSupplier stopped;
    private final UploadOpening opening;
    private final Troubles troubles;
    private final UploadOutcomes outcomes;
    private final UploadProof proof;
    private final FarAttributes attributes;
    private final boolean flush;
    private final Deque<Sent> sent = new ArrayDeque<>();
    private final List<FileUpload> unflushed = new ArrayList<>();
    private final Set<Item> ended = new HashSet<>();

    private record Sent(FileUpload file, CompletableFuture<Answer> answer) {}

    /** @param stopped true when the transfer is to end early */
    UploadSmall(
            SftpConnection connection,
            UploadPolicy policy,
            ShellUse shell,
            Meter meter,
            BooleanSupplier stopped,
            UploadOpening opening,
            Troubles troubles,
            UploadOutcomes outcomes,
            UploadProof proof) {
        this.connection = connection;
        this.policy = policy;
        this.shell = shell;
        this.meter = meter;
        this.stopped = stopped;
        this.opening = opening;
        this.troubles = troubles;
        this.outcomes = outcomes;
        this.proof = proof;
        this.attributes = new FarAttributes(connection, policy);
        this.flush = policy.durability() == Durability.FSYNC;
    }

    /**
     * Sends what is small, and waits until it is proved.
     *
     * @return what is left, in the same order
     */
    List<Item> send(List<Item> items) throws IOException {
        List<Item> small = items.stream().filter(this::isSmall).toList();
        if (small.size() < FEWEST || attributes.ownersMatter()) {
            return items;
        }
        Optional<FarWriter> writer = shell.writer(connection, opening.temporary(small.get(0)));
        if (writer.isEmpty()) {
            return items;
        }
        try {
            send(small, writer.get());
        } catch (FarWriterException e) {
            shell.failed(e);
            // What it has not done yet must not come after what SFTP does now.
            writer.get().close();
        }
        sent.clear();
        unflushed.clear();
        return items.stream().filter(item -> !ended.contains(item)).toList();
    }

    /** What an attempt has left of larger ones may be worth going on with. */
    private boolean isSmall(Item item) {
        return item.size() < Math.min(LARGEST, policy.resumedFrom());
    }

    private void send(List<Item> small, FarWriter writer) throws IOException {
        for (Item item : small) {
            if (stopped.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("stopped");
            }
            Optional<FileUpload> found = opening.look(item);
            if (found.isPresent()) {
                send(found.get(), writer);
            } else {
                ended.add(item);
            }
            while (!sent.isEmpty() && sent.peek().answer().isDone()) {
                settle(sent.poll(), writer);
            }
        }
        while (!sent.isEmpty()) {
            settle(sent.poll(), writer);
        }
        if (flush && !unflushed.isEmpty()) {
            writer.await(writer.flush());
            for (FileUpload file : unflushed) {
                end(file);
            }
        }
    }

    private void send(FileUpload file, FarWriter writer) throws IOException {
        int size = (int) file.before.size();
        // One byte more, to see that it ends there.
        byte[] bytes = new byte[size + 1];
        int count;
        int mode;
        try {
            count = read(file, bytes);
            mode = attributes.mode(file.item);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            put(troubles.of(file.item, e));
            return;
        }
        if (count != size) {
            put(new Outcome.Changed(file.item));
            return;
        }
        take(size);
        file.taken.update(bytes, 0, size);
        file.digests = file.taken.result();
        sent.add(new Sent(
                file,
                writer.write(
                        new FarWriter.NewFile(file.temporary, mode, attributes.changed(file.before), bytes, size),
                        proof.readsBack(),
                        flush)));
    }

    private static int read(FileUpload file, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try (FileChannel source =
                FileChannel.open(file.item.source(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            int count;
            do {
                count = source.read(buffer);
                // What gives less than it was asked for has come to its end, where that is the end that it had.
            } while (count >= 0 && buffer.remaining() > 1);
        }
        return buffer.position();
    }

    private void take(int count) throws IOException {
        try {
            meter.take(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    /** A file of which nothing was sent. */
    private void put(Outcome outcome) {
        ended.add(outcome.item());
        outcomes.put(outcome);
    }

    private void settle(Sent each, FarWriter writer) throws IOException {
        FileUpload file = each.file();
        switch (writer.await(each.answer())) {
            case DONE -> {
                if (flush) {
                    unflushed.add(file);
                } else {
                    end(file);
                }
            }
            case DIFFERENT ->
                throw new FarWriterException(
                        troubles.notTheSame(file.item, file.before.size(), "through its shell")
                                .getMessage(),
                        null);
            case REFUSED -> LOG.debug("{} was refused by the shell of {}", file.item.target(), connection.shown());
        }
    }

    private void end(FileUpload file) throws IOException {
        ended.add(file.item);
        proof.ended(file);
    }

    /** What was proved before the connection broke counts. */
    void salvage() {
        try {
            while (!flush && !sent.isEmpty() && isProved(sent.peek().answer())) {
                end(sent.poll().file());
            }
        } catch (IOException e) {
            LOG.debug("the connection is gone", e);
        }
    }

    private static boolean isProved(CompletableFuture<Answer> answer) {
        return answer.isDone() && !answer.isCompletedExceptionally() && answer.join() == Answer.DONE;
    }
}
