package org.lightpipe.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpConnectionException;

/** Gives a copy behind SFTP what the policy wants it to take over from its source. */
final class FarAttributes {

    private final SftpConnection connection;
    private final UploadPolicy policy;

    FarAttributes(SftpConnection connection, UploadPolicy policy) {
        this.connection = connection;
        this.policy = policy;
    }

    /** Permission bits of a copy. */
    int mode(Item item) throws IOException {
        if (!policy.keep().contains(Keep.MODE)) {
            return policy.fileMode();
        }
        int mode = (Integer) Files.getAttribute(item.source(), "unix:mode", LinkOption.NOFOLLOW_LINKS);
        return mode & 07777;
    }

    /** Time of the last change of a copy, in seconds since 1970; empty for that of the copying. */
    OptionalLong changed(SourceStat source) {
        return policy.keep().contains(Keep.TIMES)
                ? OptionalLong.of(TimeUnit.NANOSECONDS.toSeconds(source.mtimeNs()))
                : OptionalLong.empty();
    }

    /** True when a copy takes over its owner or its group, which takes questions about the copy. */
    boolean ownersMatter() {
        return policy.keep().contains(Keep.OWNER) || policy.keep().contains(Keep.GROUP);
    }

    /**
     * Asks for the attributes of a copy; the file fails where those of the source cannot be read.
     *
     * @return the answers to wait for
     */
    List<CompletableFuture<Void>> set(FileUpload file, byte[] handle) throws IOException {
        List<CompletableFuture<Void>> done = new ArrayList<>(4);
        Attributes attributes = Attributes.none();
        try {
            if (ownersMatter()) {
                // Before the mode: a change of owner clears some of its bits.
                done.add(connection.setAttributes(handle, Attributes.none().withOwner(owner(file))));
            }
            attributes = attributes.withMode(mode(file.item));
        } catch (SftpConnectionException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            file.fail(e);
            return done;
        }
        OptionalLong changed = changed(file.before);
        if (changed.isPresent()) {
            attributes = attributes.withTimes(new Attributes.Times(changed.getAsLong(), changed.getAsLong()));
        }
        if (file.existing > file.before.size()) {
            attributes = attributes.withSize(file.before.size());
        }
        done.add(connection.setAttributes(handle, attributes));
        return done;
    }

    /** By number: the protocol knows no names of users. */
    private Attributes.Owner owner(FileUpload file) throws IOException {
        Map<String, Object> source =
                Files.readAttributes(file.item.source(), "unix:uid,gid", LinkOption.NOFOLLOW_LINKS);
        Optional<Attributes.Owner> there =
                connection.await(connection.linkStat(file.temporary)).owner();
        int user = (Integer) source.get("uid");
        int group = (Integer) source.get("gid");
        return new Attributes.Owner(
                policy.keep().contains(Keep.OWNER)
                        ? user
                        : there.map(Attributes.Owner::user).orElse(user),
                policy.keep().contains(Keep.GROUP)
                        ? group
                        : there.map(Attributes.Owner::group).orElse(group));
    }
}
