package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.OpenFlags;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnection.Bytes;

/** Sends parts of files, and compares what the far side gives back of them. */
final class UploadParts {

    private final SftpConnection connection;
    private final UploadProof proof;
    private final Meter meter;
    private final Troubles troubles;
    private final int chunk;

    /** @param chunk most bytes of a part */
    UploadParts(SftpConnection connection, UploadProof proof, Meter meter, Troubles troubles, int chunk) {
        this.connection = connection;
        this.proof = proof;
        this.meter = meter;
        this.troubles = troubles;
        this.chunk = chunk;
    }

    /** Sends a part, or only asks for it where the far side has it already. */
    UploadStep.Part send(FileUpload file, byte[] handle, long offset, byte[] bytes, int count) throws IOException {
        boolean there = offset + count <= file.existing;
        Optional<CompletableFuture<Void>> written = Optional.empty();
        if (!there) {
            take(count);
            written = Optional.of(connection.write(handle, offset, bytes, 0, count));
        }
        Optional<CompletableFuture<Bytes>> back = Optional.empty();
        if (there || proof.readsBack()) {
            // One byte more than a small file has, to see that it ends there.
            int more = count == file.before.size() && count < chunk ? 1 : 0;
            back = Optional.of(connection.read(handle, offset, count + more));
        }
        return new UploadStep.Part(file, offset, bytes, count, written, back);
    }

    /** Waits for the answers about a part, and compares it. */
    void settle(UploadStep.Part part) throws IOException {
        FileUpload file = part.file();
        if (part.written().isPresent()) {
            connection.await(part.written().get());
        }
        if (part.back().isPresent() && file.goesOn()) {
            boolean same = isSame(part, connection.await(part.back().get()));
            if (!same && part.written().isEmpty()) {
                same = replaced(part);
            }
            if (!same) {
                file.fail(troubles.notTheSame(file.item, file.before.size(), "from byte " + part.offset() + " on"));
            }
        }
        if (file.goesOn()) {
            file.settled = part.offset() + part.count();
            file.aged.note(System.nanoTime(), file.settled);
        }
    }

    private boolean isSame(UploadStep.Part part, Bytes back) throws IOException {
        int common = Math.min(part.count(), back.count());
        if (!Arrays.equals(part.bytes(), 0, common, back.array(), back.start(), back.start() + common)) {
            return false;
        }
        if (back.count() < part.count() && back.count() > 0) {
            return restIsSame(part, back.count());
        }
        return back.count() == part.count();
    }

    /** A server may give less than it was asked for. */
    private boolean restIsSame(UploadStep.Part part, int from) throws IOException {
        byte[] handle = connection.await(connection.open(part.file().temporary, OpenFlags.READ, Attributes.none()));
        try {
            int at = from;
            while (at < part.count()) {
                Bytes more = connection.await(connection.read(handle, part.offset() + at, part.count() - at));
                if (more.count() == 0
                        || more.count() > part.count() - at
                        || !Arrays.equals(
                                part.bytes(),
                                at,
                                at + more.count(),
                                more.array(),
                                more.start(),
                                more.start() + more.count())) {
                    return false;
                }
                at += more.count();
            }
            return true;
        } finally {
            connection.close(handle);
        }
    }

    /** What an earlier attempt has left here is not what the source holds. */
    private boolean replaced(UploadStep.Part part) throws IOException {
        byte[] handle = connection.await(part.file().opened);
        take(part.count());
        connection.await(connection.write(handle, part.offset(), part.bytes(), 0, part.count()));
        return isSame(part, connection.await(connection.read(handle, part.offset(), part.count())));
    }

    private void take(int count) throws IOException {
        try {
            meter.take(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }
}
