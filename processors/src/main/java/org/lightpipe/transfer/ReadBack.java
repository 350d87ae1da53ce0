package org.lightpipe.transfer;

import com.sun.nio.file.ExtendedOpenOption;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import org.lightpipe.config.Digest;
import org.lightpipe.config.TransferPolicy.Proof;

/** Reads a copy back and compares its digest with that of its source. Thread-safe. */
final class ReadBack {

    private static final String PLAIN = "read back";
    private static final String FROM_DISK = "read back from disk";
    private static final String REFUSED = "read back (the file system refuses to bypass its cache)";

    private final String storage;
    private final boolean direct;

    /** @param storage its name, for people */
    ReadBack(String storage, Proof proof) {
        this.storage = storage;
        this.direct = proof == Proof.DIRECT;
    }

    /**
     * Proves a copy.
     *
     * @return how, for people
     * @throws CopyException when it is not what the source was
     */
    String prove(Written written, Blocks.Bench bench) throws IOException, InterruptedException {
        String how = read(written, bench);
        return written.how().isEmpty() ? how : how + " (" + written.how() + ")";
    }

    private String read(Written written, Blocks.Bench bench) throws IOException, InterruptedException {
        if (direct) {
            try (FileChannel file = FileChannel.open(
                    written.temporary(),
                    StandardOpenOption.READ,
                    LinkOption.NOFOLLOW_LINKS,
                    ExtendedOpenOption.DIRECT)) {
                compare(written, digest(written, file, true, bench), bench);
                return FROM_DISK;
            } catch (CopyException | InterruptedException | NoSuchFileException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException e) {
                // Not every file system can; a real error of the disk shows again below.
                bench.proof().reset();
            }
        }
        try (FileChannel file =
                FileChannel.open(written.temporary(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            compare(written, digest(written, file, false, bench), bench);
            return direct ? REFUSED : PLAIN;
        }
    }

    /** Takes the digest and answers how many bytes there were. */
    private long digest(Written written, FileChannel file, boolean whole, Blocks.Bench bench)
            throws IOException, InterruptedException {
        if (written.source().size() < LocalCopier.LARGE) {
            Block block = bench.block();
            long seen = 0;
            do {
                fill(block, file, whole);
                bench.proof().update(block.bytes(), 0, block.length());
                seen += block.length();
            } while (block.length() == block.size());
            return seen;
        }
        try (DigestThread digests = new DigestThread(LocalCopier.threadName(storage), bench.proof(), bench.several())) {
            Block block;
            long seen = 0;
            do {
                block = digests.take();
                fill(block, file, whole);
                seen += block.length();
                digests.give(block);
            } while (block.length() == block.size());
            digests.finish();
            return seen;
        }
    }

    private static void fill(Block block, FileChannel file, boolean whole) throws IOException {
        if (whole) {
            block.fillAtOnce(file);
        } else {
            block.fill(file, block.size());
        }
    }

    private void compare(Written written, long size, Blocks.Bench bench) throws CopyException {
        String found = bench.proof().result().get(Digest.SHA256);
        String expected = written.digests().get(Digest.SHA256);
        if (size != written.source().size() || !found.equals(expected)) {
            throw new CopyException(
                    "what was read back from storage '" + storage + "' is not what the source holds: "
                            + written.item().target() + ": " + size + " bytes, SHA-256 " + found + ", instead of "
                            + written.source().size() + " bytes, SHA-256 " + expected,
                    false);
        }
    }
}
