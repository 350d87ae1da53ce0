package org.lightpipe.transfer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.SftpConnection.Bytes;

/** Something that was asked for and whose answer is looked at when its turn comes. */
sealed interface UploadStep {

    FileUpload file();

    /** True when waiting for the answers would not take time. */
    boolean isThere();

    /** Bytes that were sent, or are only compared where {@code written} is empty. */
    record Part(
            FileUpload file,
            long offset,
            byte[] bytes,
            int count,
            Optional<CompletableFuture<Void>> written,
            Optional<CompletableFuture<Bytes>> back)
            implements UploadStep {

        @Override
        public boolean isThere() {
            return written.map(CompletableFuture::isDone).orElse(true)
                    && back.map(CompletableFuture::isDone).orElse(true);
        }
    }

    /** A file was flushed up to an offset. */
    record Flushed(FileUpload file, long upTo, CompletableFuture<Void> done) implements UploadStep {

        @Override
        public boolean isThere() {
            return done.isDone();
        }
    }

    /** The last of a file: its attributes, its size where that is looked at, and the closing of its handle. */
    record End(FileUpload file, List<CompletableFuture<Void>> done, Optional<CompletableFuture<Attributes>> size)
            implements UploadStep {

        @Override
        public boolean isThere() {
            return done.stream().allMatch(CompletableFuture::isDone)
                    && size.map(CompletableFuture::isDone).orElse(true);
        }
    }
}
