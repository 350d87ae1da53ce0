package org.lightpipe.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.lightpipe.core.Sha256;

/**
 * Reads a bag in one pass and proves all of it: the structure, every payload file against the catalog and the manifest,
 * the manifest against the tag manifest, Payload-Oxum, and that there is nothing else.
 *
 * <p>Entries are never looked up by the names that the tar gives. Each must be the one that is due, by name, kind and
 * size, so nothing hostile in a tar gets any further. The manifest is compared by the digest of what it must say, so
 * that it needs no memory.
 */
final class BagReader {

    private static final int BUFFER = 1 << 20;
    private static final int LARGEST_TAG_FILE = 1 << 20;
    private static final int TOLD = 5;

    private final BagLayout layout;
    private final boolean mayHoldMore;
    private final List<String> damaged = new ArrayList<>();
    private long damagedCount;

    /**
     * @param layout what the bag is called and how its manifests are made
     * @param mayHoldMore whether there may be payload files that are not asked for: the detector has written them anew
     *     since, and the catalog counts them to a later part of the dataset. They are proved and not shown.
     */
    BagReader(BagLayout layout, boolean mayHoldMore) {
        this.layout = layout;
        this.mayHoldMore = mayHoldMore;
    }

    /**
     * Reads and proves a bag.
     *
     * @param from the tar; read to its end, not closed
     * @param files the payload in the order in which it was written
     * @param visitor is shown every payload file
     * @throws DamagedBagException when anything is not as it was written; files after a damaged one are still shown
     */
    BagProof read(InputStream from, Iterator<PayloadFile> files, PayloadVisitor visitor) throws IOException {
        MessageDigest whole = Sha256.start();
        Counted counted = new Counted(from, whole);
        InputStream buffered = new BufferedInputStream(counted, BUFFER);
        // closing it would close the source, which is its opener's to close; it holds nothing else
        @SuppressWarnings("resource")
        Tar tar = new Tar(new TarArchiveInputStream(buffered, "UTF-8"), counted);
        long count = bag(tar, files, visitor);
        padding(buffered);
        return new BagProof(counted.count, Digests.hex(whole), count);
    }

    private long bag(Tar tar, Iterator<PayloadFile> files, PayloadVisitor visitor) throws IOException {
        damaged.clear();
        damagedCount = 0;
        byte[] declaration = tagFile(tar, BagLayout.DECLARATION_FILE);
        if (!Arrays.equals(declaration, BagLayout.DECLARATION)) {
            throw new DamagedBagException("bagit.txt does not declare a BagIt 1.0 bag in UTF-8");
        }
        byte[] information = tagFile(tar, BagLayout.INFORMATION_FILE);
        Payload payload = new Payload(layout.algorithm());
        TarArchiveEntry entry = tar.next();
        while (files.hasNext()) {
            PayloadFile file = files.next();
            entry = pastOthers(tar, entry, layout.entry(file), payload);
            due(entry, layout.entry(file), file.size());
            payload.add(file.path(), payloadFile(tar, file, visitor), file.size());
            entry = tar.next();
        }
        entry = pastOthers(tar, entry, layout.entry(layout.manifestFile()), payload);
        String oxum = "Payload-Oxum: " + payload.bytes + "." + payload.count;
        if (new String(information, StandardCharsets.UTF_8).lines().noneMatch(oxum::equals)) {
            throw new DamagedBagException("bag-info.txt does not say '" + oxum + "'");
        }
        if (damagedCount > 0) {
            throw new DamagedBagException(damagedCount + " of " + payload.count + " files are damaged: "
                    + String.join(", ", damaged) + (damagedCount > damaged.size() ? ", …" : ""));
        }
        due(entry, layout.entry(layout.manifestFile()), payload.manifestSize);
        String manifestDigest = manifest(tar, Digests.hex(payload.manifest));
        tagManifest(tar, declaration, information, manifestDigest);
        TarArchiveEntry more = tar.next();
        if (more != null) {
            throw new DamagedBagException("the bag also holds '" + more.getName() + "'");
        }
        return payload.count;
    }

    /** Goes past payload files that are not asked for, if there may be such, to the entry of that name. */
    private TarArchiveEntry pastOthers(Tar tar, TarArchiveEntry from, String name, Payload payload) throws IOException {
        String data = layout.entry("data/");
        TarArchiveEntry entry = from;
        while (mayHoldMore
                && entry != null
                && !entry.getName().equals(name)
                && entry.getName().startsWith(data)) {
            ordinary(entry);
            MessageDigest digest = layout.algorithm().digest();
            long size = Copy.rest(new DigestInputStream(tar, digest));
            payload.add(entry.getName().substring(data.length()), Digests.hex(digest), size);
            entry = tar.next();
        }
        return entry;
    }

    /** Returns the digest that the manifest must have for this file. */
    private String payloadFile(Tar tar, PayloadFile file, PayloadVisitor visitor) throws IOException {
        MessageDigest sha256 = Sha256.start();
        MessageDigest forManifest = layout.algorithm().digest();
        InputStream bytes = new DigestInputStream(new DigestInputStream(tar, sha256), forManifest);
        visitor.read(file, bytes);
        Copy.rest(bytes);
        if (Digests.hex(sha256).equalsIgnoreCase(file.sha256())) {
            visitor.proved(file);
        } else {
            damagedCount++;
            if (damaged.size() < TOLD) {
                damaged.add("'" + file.path() + "'");
            }
            visitor.damaged(file);
        }
        return Digests.hex(forManifest);
    }

    private String manifest(Tar tar, String mustBe) throws IOException {
        MessageDigest digest = layout.algorithm().digest();
        Copy.rest(new DigestInputStream(tar, digest));
        String found = Digests.hex(digest);
        if (!found.equals(mustBe)) {
            throw new DamagedBagException(layout.manifestFile() + " does not list the files that are there");
        }
        return found;
    }

    private void tagManifest(Tar tar, byte[] declaration, byte[] information, String manifestDigest)
            throws IOException {
        String expected = tagLine(BagLayout.DECLARATION_FILE, declaration)
                + tagLine(BagLayout.INFORMATION_FILE, information)
                + new String(BagLayout.line(manifestDigest, layout.manifestFile()), StandardCharsets.UTF_8);
        if (!expected.equals(new String(tagFile(tar, layout.tagManifestFile()), StandardCharsets.UTF_8))) {
            throw new DamagedBagException(layout.tagManifestFile() + " does not agree with the tag files");
        }
    }

    private String tagLine(String name, byte[] content) {
        MessageDigest digest = layout.algorithm().digest();
        digest.update(content);
        return new String(BagLayout.line(Digests.hex(digest), name), StandardCharsets.UTF_8);
    }

    private byte[] tagFile(Tar tar, String name) throws IOException {
        TarArchiveEntry entry = tar.next();
        due(entry, layout.entry(name));
        if (entry.getSize() > LARGEST_TAG_FILE) {
            throw new DamagedBagException("'" + entry.getName() + "' is too large for a tag file");
        }
        return tar.readAllBytes();
    }

    private static void due(TarArchiveEntry entry, String name, long size) throws IOException {
        due(entry, name);
        if (entry.getSize() != size) {
            throw new DamagedBagException("'" + name + "' has " + entry.getSize() + " bytes instead of " + size);
        }
    }

    private static void due(TarArchiveEntry entry, String name) throws IOException {
        if (entry == null) {
            throw new DamagedBagException("'" + name + "' is missing: the bag ends before it");
        }
        if (!entry.getName().equals(name)) {
            throw new DamagedBagException("there is '" + entry.getName() + "' where '" + name + "' should be");
        }
        ordinary(entry);
    }

    private static void ordinary(TarArchiveEntry entry) throws IOException {
        if (entry.getLinkFlag() != TarConstants.LF_NORMAL || entry.isSparse()) {
            throw new DamagedBagException("'" + entry.getName() + "' is not an ordinary file");
        }
    }

    /** A tar is filled up with zeros; anything else after its end is something that nobody put there. */
    private static void padding(InputStream rest) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int count = rest.read(buffer); count >= 0; count = rest.read(buffer)) {
            for (int i = 0; i < count; i++) {
                if (buffer[i] != 0) {
                    throw new DamagedBagException("there is something behind the end of the tar");
                }
            }
        }
    }

    /** What the manifest and Payload-Oxum must say about the payload that has been read so far. */
    private static final class Payload {
        private final MessageDigest manifest;
        private long manifestSize;
        private long count;
        private long bytes;

        Payload(ManifestAlgorithm algorithm) {
            manifest = algorithm.digest();
        }

        void add(String path, String digest, long size) {
            byte[] line = BagLayout.line(digest, "data/" + path);
            manifest.update(line);
            manifestSize += line.length;
            count++;
            bytes += size;
        }
    }

    /**
     * The entries of the tar, each as a stream that its reader cannot close the tar with. What the library cannot parse
     * is damage; what the medium cannot read is not, and may go better another time.
     */
    private static final class Tar extends InputStream {
        private final TarArchiveInputStream tar;
        private final Counted medium;

        Tar(TarArchiveInputStream tar, Counted medium) {
            this.tar = tar;
            this.medium = medium;
        }

        /** The next entry, or null after the last. */
        TarArchiveEntry next() throws IOException {
            try {
                return tar.getNextEntry();
            } catch (IOException | RuntimeException e) {
                throw damage(e);
            }
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return tar.read(buffer, offset, length);
            } catch (IOException | RuntimeException e) {
                throw damage(e);
            }
        }

        private IOException damage(Exception e) {
            if (medium.broken && e instanceof IOException failure) {
                return failure;
            }
            return new DamagedBagException("the tar cannot be read on: " + e.getMessage(), e);
        }
    }

    /** Counts and digests everything, and remembers whether it was the medium that failed. */
    private static final class Counted extends InputStream {
        private final InputStream from;
        private final MessageDigest digest;
        private long count;
        private boolean broken;

        Counted(InputStream from, MessageDigest digest) {
            this.from = from;
            this.digest = digest;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            broken = true;
            int read = from.read(buffer, offset, length);
            broken = false;
            if (read > 0) {
                digest.update(buffer, offset, read);
                count += read;
            }
            return read;
        }
    }
}
