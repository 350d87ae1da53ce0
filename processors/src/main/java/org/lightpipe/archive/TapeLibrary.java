package org.lightpipe.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import org.lightpipe.core.RootedPath;

/**
 * A directory that a tape system takes files from. A bag is there under its name only when it is complete and proved;
 * until then it has a name that tells its row in the catalog and the run of the hub that writes it, so that two hubs
 * never write to the same file and what a killed one left behind is found.
 */
final class TapeLibrary {

    private final Path root;

    TapeLibrary(Path root) {
        this.root = root;
    }

    /** Writes a whole file. */
    interface Content {
        void write(OutputStream to) throws IOException;
    }

    /** The place of a bag. */
    Path place(Bag bag) {
        return RootedPath.resolve(root, bag.path());
    }

    /** Where a bag is while it is being built. */
    Path temporary(Bag bag) {
        return place(bag).resolveSibling(temporaryPrefix(bag) + bag.claimedBy() + ".tar");
    }

    /** Where a bag's manifest is while it is being built. */
    Path spool(Bag bag) {
        return place(bag).resolveSibling(temporaryPrefix(bag) + bag.claimedBy() + ".manifest");
    }

    boolean has(Bag bag) {
        return Files.exists(place(bag), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes the directory of a bag, and removes what earlier attempts left behind. */
    void prepare(Bag bag) throws IOException {
        Path directory = place(bag).getParent();
        Path made = directory;
        while (!Files.exists(made)) {
            made = made.getParent();
        }
        Files.createDirectories(directory);
        for (Path upward = directory; !upward.equals(made); upward = upward.getParent()) {
            toDisk(upward.getParent());
        }
        removeTemporaries(bag);
    }

    /** Removes what this attempt has left; another hub may be at work on the same bag by now. */
    void removeOwnTemporaries(Bag bag) throws IOException {
        Files.deleteIfExists(temporary(bag));
        Files.deleteIfExists(spool(bag));
    }

    private void removeTemporaries(Bag bag) throws IOException {
        try (DirectoryStream<Path> left =
                Files.newDirectoryStream(place(bag).getParent(), temporaryPrefix(bag) + "*")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Writes a bag under its temporary name, and waits until the disk has it. */
    void write(Bag bag, Content content) throws IOException {
        try (FileChannel channel =
                FileChannel.open(temporary(bag), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            content.write(Channels.newOutputStream(channel));
            channel.force(true);
        }
        toDisk(place(bag).getParent());
    }

    /**
     * Reads a bag that has its final name, and proves all of it.
     *
     * @throws DamagedBagException when anything is not as it was written
     */
    BagProof read(Bag bag, Iterator<PayloadFile> files, PayloadVisitor visitor) throws IOException {
        return read(bag, place(bag), files, visitor);
    }

    /** As {@link #read(Bag, Iterator, PayloadVisitor)}, for a bag that has its temporary name still. */
    BagProof readTemporary(Bag bag, Iterator<PayloadFile> files) throws IOException {
        return read(bag, temporary(bag), files, PayloadVisitor.NONE);
    }

    private static BagProof read(Bag bag, Path tar, Iterator<PayloadFile> files, PayloadVisitor visitor)
            throws IOException {
        if (!Files.isRegularFile(tar, LinkOption.NOFOLLOW_LINKS)) {
            throw new DamagedBagException("it is not there, or not an ordinary file");
        }
        if (bag.size() >= 0 && Files.size(tar) != bag.size()) {
            throw new DamagedBagException("it has " + Files.size(tar) + " bytes instead of " + bag.size());
        }
        BagProof proof;
        try (InputStream bytes = Files.newInputStream(tar, LinkOption.NOFOLLOW_LINKS)) {
            proof = new BagReader(bag.layout(), bag.size() >= 0).read(bytes, files, visitor);
        }
        if (bag.size() >= 0 && !proof.sha256().equals(bag.digest())) {
            throw new DamagedBagException(
                    "its SHA-256 is " + proof.sha256() + " and was " + bag.digest() + " when it was written");
        }
        return proof;
    }

    /** Gives a proved bag its final name. */
    void put(Bag bag) throws IOException {
        Files.move(temporary(bag), place(bag), StandardCopyOption.ATOMIC_MOVE);
        toDisk(place(bag).getParent());
    }

    private static String temporaryPrefix(Bag bag) {
        return ".bag-" + bag.id() + "-";
    }

    /** A new name is safe only when its directory is on the disk as well. */
    private static void toDisk(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
