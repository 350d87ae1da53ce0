package org.lightpipe.transfer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.Attributes;
import org.lightpipe.sftp.FarPath;
import org.lightpipe.sftp.FarWriter;
import org.lightpipe.sftp.FarWriter.Answer;
import org.lightpipe.sftp.FarWriterException;
import org.lightpipe.sftp.OpenFlags;
import org.lightpipe.sftp.SftpConnection;
import org.lightpipe.sftp.SftpStatusException;
import org.lightpipe.storage.FarStorage;

/** Gives proved copies behind SFTP their final names. */
final class FarNames {

    private final SftpConnection connection;
    private final FarStorage far;
    private final UploadPolicy policy;
    private final ShellUse shell;

    FarNames(SftpConnection connection, FarStorage far, UploadPolicy policy, ShellUse shell) {
        this.connection = connection;
        this.far = far;
        this.policy = policy;
        this.shell = shell;
    }

    /**
     * Renames them all.
     *
     * @return those that could not be renamed, with the reason
     * @throws IOException when it is not known which were
     */
    List<Outcome.Failed> give(List<Outcome.Proved> copies) throws IOException {
        List<Item> items = copies.stream().map(Outcome.Proved::item).toList();
        Set<String> directories = new LinkedHashSet<>();
        List<Item> left;
        try {
            left = throughShell(items, directories);
        } catch (FarWriterException e) {
            shell.failed(e);
            throw e;
        }
        List<Outcome.Failed> failures = new ArrayList<>();
        Map<Item, CompletableFuture<Void>> renames = new LinkedHashMap<>();
        for (Item item : left) {
            renames.put(item, renamed(item));
        }
        for (Map.Entry<Item, CompletableFuture<Void>> rename : renames.entrySet()) {
            Item item = rename.getKey();
            try {
                settleRename(item, rename.getValue());
                directories.add(item.directory());
            } catch (SftpStatusException e) {
                failures.add(new Troubles(connection, far.paths()).ofTarget(item, e));
            }
        }
        if (policy.flushes(connection)) {
            flush(directories);
        }
        return failures;
    }

    /**
     * Renames through the shell, if it wrote files on this connection already.
     *
     * @param directories get those of the new names
     * @return what it did not rename
     */
    private List<Item> throughShell(List<Item> items, Set<String> directories) throws IOException {
        Optional<FarWriter> writer = items.size() < UploadSmall.FEWEST ? Optional.empty() : shell.running(connection);
        if (writer.isEmpty()) {
            return items;
        }
        List<CompletableFuture<Answer>> answers = new ArrayList<>(items.size());
        for (Item item : items) {
            answers.add(writer.get()
                    .rename(far.paths().of(item.temporary()), far.paths().of(item.target())));
        }
        List<Item> left = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (writer.get().await(answers.get(i)) == Answer.DONE) {
                directories.add(items.get(i).directory());
            } else {
                left.add(items.get(i));
            }
        }
        return left;
    }

    private CompletableFuture<Void> renamed(Item item) throws IOException {
        byte[] target = far.paths().of(item.target());
        if (!connection.replaces()) {
            // In the order of the requests: what is in the way goes first.
            connection.remove(target);
        }
        return connection.rename(far.paths().of(item.temporary()), target);
    }

    /** A directory that someone removed meanwhile is made once more. */
    private void settleRename(Item item, CompletableFuture<Void> rename) throws IOException {
        try {
            connection.await(rename);
        } catch (SftpStatusException e) {
            if (!e.isMissing()) {
                throw e;
            }
            far.directories().forget(item.directory());
            Map<String, IOException> failed = far.directories().make(connection, List.of(item.directory()));
            if (!failed.isEmpty()) {
                throw failed.get(item.directory());
            }
            connection.await(renamed(item));
        }
    }

    /** The new names are flushed with the directories that hold them. */
    private void flush(Set<String> directories) throws IOException {
        List<CompletableFuture<byte[]>> handles = new ArrayList<>();
        FarPath paths = far.paths();
        for (String directory : directories) {
            handles.add(connection.open(paths.of(directory), OpenFlags.READ, Attributes.none()));
        }
        List<CompletableFuture<Void>> flushed = new ArrayList<>();
        for (CompletableFuture<byte[]> opened : handles) {
            byte[] handle;
            try {
                handle = connection.await(opened);
            } catch (SftpStatusException e) {
                // A server that opens no directories: it keeps names as it keeps them.
                continue;
            }
            flushed.add(connection.flush(handle));
            connection.close(handle);
        }
        for (CompletableFuture<Void> each : flushed) {
            connection.await(each);
        }
    }
}
