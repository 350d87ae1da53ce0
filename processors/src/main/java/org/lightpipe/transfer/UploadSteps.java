package org.lightpipe.transfer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpStatusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was asked of the far side and not looked at yet, in the order of the requests, and the memory it holds. Where
 * that is full, the oldest answers are waited for.
 */
final class UploadSteps {

    private static final Logger LOG = LoggerFactory.getLogger(UploadSteps.class);

    private static final int MOST_STEPS = 1024;
    private static final long MOST_BYTES = 8L << 20;

    private final SftpConnection connection;
    private final UploadParts parts;
    private final UploadProof proof;
    private final Troubles troubles;
    private final int chunk;
    private final Deque<UploadStep> steps = new ArrayDeque<>();
    private final Deque<byte[]> buffers = new ArrayDeque<>();
    private long held;

    /** @param chunk most bytes of a part */
    UploadSteps(SftpConnection connection, UploadParts parts, UploadProof proof, Troubles troubles, int chunk) {
        this.connection = connection;
        this.parts = parts;
        this.proof = proof;
        this.troubles = troubles;
        this.chunk = chunk;
    }

    void add(UploadStep step) {
        steps.add(step);
    }

    // ---- answers --------------------------------------------------------------------------------------------------

    /** Looks at all answers, and waits for them. */
    void settleAll() throws IOException {
        while (!steps.isEmpty()) {
            settle(steps.poll());
        }
    }

    /** Looks at answers up to the first that would have to be waited for. */
    void settleWhatIsThere() throws IOException {
        while (!steps.isEmpty() && steps.peek().isThere()) {
            settle(steps.poll());
        }
    }

    /** What was answered before the connection broke counts. */
    void salvage() {
        try {
            settleWhatIsThere();
        } catch (IOException e) {
            LOG.debug("the first that was not answered", e);
        }
    }

    private void settle(UploadStep step) throws IOException {
        FileUpload file = step.file();
        try {
            if (step instanceof UploadStep.Part part) {
                parts.settle(part);
            } else if (step instanceof UploadStep.Flushed flushed) {
                connection.await(flushed.done());
                if (file.goesOn()) {
                    file.flushed = flushed.upTo();
                }
            } else if (step instanceof UploadStep.End end) {
                settle(end);
            }
        } catch (SftpStatusException e) {
            file.fail(e);
        }
        if (step instanceof UploadStep.Part part) {
            give(part.bytes());
        } else if (step instanceof UploadStep.End) {
            proof.ended(file);
        }
    }

    private void settle(UploadStep.End end) throws IOException {
        for (CompletableFuture<Void> each : end.done()) {
            connection.await(each);
        }
        if (end.size().isPresent()) {
            FileUpload file = end.file();
            long size = connection.await(end.size().get()).size().orElse(-1);
            if (size != file.before.size()) {
                file.fail(troubles.notTheSame(file.item, file.before.size(), "it has " + size + " bytes"));
            }
        }
    }

    // ---- memory ---------------------------------------------------------------------------------------------------

    /** Memory for a part, which the step that holds it gives back. */
    byte[] buffer(int wanted) throws IOException {
        while (!steps.isEmpty() && (held + wanted > MOST_BYTES || steps.size() >= MOST_STEPS)) {
            settle(steps.poll());
        }
        held += wanted;
        if (wanted < chunk) {
            return new byte[wanted];
        }
        byte[] used = buffers.poll();
        return used == null ? new byte[chunk] : used;
    }

    /** Gives back memory that no step holds. */
    void give(byte[] bytes) {
        held -= bytes.length;
        if (bytes.length == chunk) {
            buffers.add(bytes);
        }
    }
}
