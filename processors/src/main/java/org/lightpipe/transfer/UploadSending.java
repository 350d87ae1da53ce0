package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnectionException;
import org.lightpipe.sftp.SftpStatusException;

/** Sends a file whose handle was asked for, from its first byte to the closing of the handle. */
final class UploadSending {

    private final SftpConnection connection;
    private final UploadPolicy policy;
    private final BooleanSupplier stopped;
    private final UploadOpening opening;
    private final UploadParts parts;
    private final UploadSteps steps;
    private final UploadProof proof;
    private final FarAttributes attributes;
    private final int chunk;

    /**
     * @param stopped true when the transfer is to end early
     * @param chunk most bytes of a part
     */
    UploadSending(
            SftpConnection connection,
            UploadPolicy policy,
            BooleanSupplier stopped,
            UploadOpening opening,
            UploadParts parts,
            UploadSteps steps,
            UploadProof proof,
            int chunk) {
        this.connection = connection;
        this.policy = policy;
        this.stopped = stopped;
        this.opening = opening;
        this.parts = parts;
        this.steps = steps;
        this.proof = proof;
        this.attributes = new FarAttributes(connection, policy);
        this.chunk = chunk;
    }

    /** Sends a file, and looks at the answers that are there by then. */
    void transmit(FileUpload file) throws IOException {
        byte[] handle;
        try {
            handle = opening.handle(file);
        } catch (SftpStatusException e) {
            file.fail(e);
            proof.ended(file);
            return;
        }
        try (FileChannel source =
                FileChannel.open(file.item.source(), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            file.source = source;
            if (file.start > 0) {
                source.position(file.start);
            }
            stream(file, handle, source);
        } catch (SftpConnectionException | InterruptedIOException | ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            file.fail(e);
        }
        if (!file.goesOn()) {
            file.taken.reset();
        } else if (file.digests.isEmpty()) {
            file.digests = file.taken.result();
        }
        end(file, handle);
        steps.settleWhatIsThere();
    }

    private void stream(FileUpload file, byte[] handle, FileChannel source) throws IOException {
        long offset = file.start;
        long flushAt = offset + policy.flushedEvery();
        while (file.goesOn()) {
            if (stopped.getAsBoolean() || Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("stopped");
            }
            int wanted = (int) Math.min(chunk, file.before.size() - offset);
            if (wanted == 0) {
                break;
            }
            byte[] bytes = steps.buffer(wanted);
            int count = fill(source, bytes, wanted);
            if (count < wanted) {
                file.change();
                steps.give(bytes);
                return;
            }
            takeIn(file, offset, bytes, count);
            steps.add(parts.send(file, handle, offset, bytes, count));
            offset += count;
            if (policy.flushes(connection) && offset >= flushAt && offset < file.before.size()) {
                steps.add(new UploadStep.Flushed(file, offset, connection.flush(handle)));
                flushAt = offset + policy.flushedEvery();
            }
        }
        if (file.goesOn() && source.read(ByteBuffer.allocate(1)) >= 0) {
            file.change();
        }
    }

    private static int fill(FileChannel source, byte[] bytes, int wanted) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, wanted);
        while (buffer.hasRemaining() && source.read(buffer) >= 0) {
            // once more
        }
        return buffer.position();
    }

    /** Bytes that the digests have seen in an attempt before are not taken in twice. */
    private static void takeIn(FileUpload file, long offset, byte[] bytes, int count) {
        int known = (int) Math.max(0, Math.min(count, file.digested - offset));
        if (known < count) {
            file.taken.update(bytes, known, count - known);
            file.digested = offset + count;
        }
    }

    private void end(FileUpload file, byte[] handle) throws IOException {
        if (file.existing > 0) {
            // Some of what was compared may yet have to be written: not on a closed handle.
            steps.settleAll();
        }
        List<CompletableFuture<Void>> done = new ArrayList<>(4);
        Optional<CompletableFuture<Attributes>> size = Optional.empty();
        if (file.goesOn()) {
            done.addAll(attributes.set(file, handle));
            if (policy.flushes(connection)) {
                done.add(connection.flush(handle));
            }
            if (file.before.size() >= chunk || proof.isFar() || policy.proof().isEmpty() || file.before.size() == 0) {
                size = Optional.of(connection.attributes(handle));
            }
        }
        done.add(connection.close(handle));
        steps.add(new UploadStep.End(file, done, size));
    }
}
