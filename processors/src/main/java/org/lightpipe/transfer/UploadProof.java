package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lightpipe.config.Digest;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.core.Sha256;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnectionException;
import org.lightpipe.sftp.SftpInput;
import org.lightpipe.sftp.SftpStatusException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves that the far side has what was sent: each part was read back, or the far side computes the digest of the whole
 * once all files are there.
 */
final class UploadProof {

    private static final Logger LOG = LoggerFactory.getLogger(UploadProof.class);

    private final SftpConnection connection;
    private final UploadPolicy policy;
    private final Troubles troubles;
    private final UploadOutcomes outcomes;
    private final List<FileUpload> unproved = new ArrayList<>();
    private boolean farDigests;

    UploadProof(SftpConnection connection, UploadPolicy policy, Troubles troubles, UploadOutcomes outcomes) {
        this.connection = connection;
        this.policy = policy;
        this.troubles = troubles;
        this.outcomes = outcomes;
    }

    /** Asks the far side whether it computes digests, where the policy wants them. */
    void choose() throws IOException {
        farDigests = policy.proof().equals(Optional.of(Proof.FAR))
                && policy.shell()
                && connection.digests().available();
    }

    /** True when the far side computes digests; else parts are read back. */
    boolean isFar() {
        return farDigests;
    }

    /** True when every part is read back; false also where nothing is proved at all. */
    boolean readsBack() {
        return policy.proof().isPresent() && !farDigests;
    }

    /** The far side has all of a file, or it makes no sense to go on with it. */
    void ended(FileUpload file) throws IOException {
        if (file.goesOn() && farDigests) {
            unproved.add(file);
            return;
        }
        outcomes.finish(
                file,
                policy.proof().equals(Optional.of(Proof.DIRECT))
                        ? "read back, perhaps from the cache of the far side"
                        : "read back");
    }

    /**
     * Compares the digests of the far side, if it computes them.
     *
     * @param again true when the files were sent from the start because of what this said before
     * @return files that went on from an earlier attempt and are not what they should be: to be sent from the start
     */
    List<Item> proveThere(boolean again) throws IOException {
        List<Item> lost = new ArrayList<>();
        if (unproved.isEmpty()) {
            return lost;
        }
        List<Optional<String>> there = digestsThere();
        for (int i = 0; i < there.size(); i++) {
            FileUpload file = unproved.get(i);
            String provedBy = there.get(i).isPresent() ? "digest of the far side" : "read back";
            String digest = there.get(i).isPresent() ? there.get(i).get() : readBack(file);
            if (!digest.equals(file.digests.get(Digest.SHA256))) {
                if (file.start > 0 && !again) {
                    connection.await(connection.remove(file.temporary));
                    lost.add(file.item);
                    continue;
                }
                file.fail(troubles.notTheSame(file.item, file.before.size(), "its SHA-256 is " + digest));
            }
            outcomes.finish(file, provedBy);
        }
        unproved.clear();
        return lost;
    }

    private List<Optional<String>> digestsThere() throws IOException {
        long bytes = unproved.stream().mapToLong(file -> file.before.size()).sum();
        try {
            return connection
                    .digests()
                    .of(unproved.stream().map(file -> file.temporary).toList(), bytes);
        } catch (SftpConnectionException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            LOG.warn("{} gave no digests ({}); its files are read back", connection.shown(), e.getMessage());
            return unproved.stream().map(file -> Optional.<String>empty()).toList();
        }
    }

    private String readBack(FileUpload file) throws IOException {
        try (InputStream back = new SftpInput(connection, file.temporary)) {
            return Sha256.of(back).digest();
        } catch (SftpStatusException e) {
            file.fail(e);
            return "unknown";
        }
    }
}
