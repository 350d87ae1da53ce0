package org.lightpipe.archive;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Iterator;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.lightpipe.catalog.PermanentFailureException;
import org.lightpipe.core.Sha256;

/**
 * Writes a bag as a tar in one pass over the payload. The same dataset always gives the same bytes. The tar is POSIX
 * (pax), so that names of any length and characters and files of any size survive.
 */
final class BagWriter {

    private static final int BLOCK = 10_240;
    private static final int BUFFER = 1 << 20;

    private final BagLayout layout;
    private final Instant written;

    /**
     * @param layout what goes in
     * @param written time of the tag files
     */
    BagWriter(BagLayout layout, Instant written) {
        this.layout = layout;
        this.written = written;
    }

    /** Opens the bytes of a payload file. */
    interface Source {
        InputStream open(PayloadFile file) throws IOException;
    }

    /**
     * Writes the bag. The stream is flushed and left open.
     *
     * @param to where it goes
     * @param files the payload
     * @param source where the bytes of the payload are
     * @param spool a file that may be used meanwhile; it is removed again
     * @throws PermanentFailureException when a payload file's size or digest is not that of the catalog
     */
    void write(OutputStream to, Iterator<PayloadFile> files, Source source, Path spool) throws IOException {
        byte[] information = layout.informationFile();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new Unclosed(to), BLOCK, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            ByteArrayOutputStream tagManifest = new ByteArrayOutputStream();
            tagManifest.write(tagFile(tar, BagLayout.DECLARATION_FILE, BagLayout.DECLARATION));
            tagManifest.write(tagFile(tar, BagLayout.INFORMATION_FILE, information));
            MessageDigest manifestDigest = layout.algorithm().digest();
            try {
                try (OutputStream manifest = new DigestOutputStream(
                        new BufferedOutputStream(Files.newOutputStream(spool)), manifestDigest)) {
                    payload(tar, files, source, manifest);
                }
                try (InputStream manifest = Files.newInputStream(spool)) {
                    entry(tar, layout.entry(layout.manifestFile()), Files.size(spool), written, manifest);
                }
            } finally {
                Files.deleteIfExists(spool);
            }
            tagManifest.write(BagLayout.line(Digests.hex(manifestDigest), layout.manifestFile()));
            tagFile(tar, layout.tagManifestFile(), tagManifest.toByteArray());
        }
    }

    private void payload(TarArchiveOutputStream tar, Iterator<PayloadFile> files, Source source, OutputStream manifest)
            throws IOException {
        long count = 0;
        long bytes = 0;
        while (files.hasNext()) {
            PayloadFile file = files.next();
            manifest.write(BagLayout.payloadLine(payloadFile(tar, file, source), file));
            count++;
            bytes += file.size();
        }
        if (count != layout.files() || bytes != layout.bytes()) {
            throw new IOException("the dataset changed meanwhile: " + bytes + " bytes in " + count
                    + " files instead of " + layout.bytes() + " in " + layout.files());
        }
    }

    /** Copies one file and returns its digest for the manifest. */
    private String payloadFile(TarArchiveOutputStream tar, PayloadFile file, Source source) throws IOException {
        MessageDigest forManifest = layout.algorithm().digest();
        MessageDigest sha256 = Sha256.start();
        try (InputStream bytes = source.open(file);
                InputStream once = new DigestInputStream(bytes, sha256);
                InputStream twice = new DigestInputStream(once, forManifest)) {
            long copied =
                    entry(tar, layout.entry(file), file.size(), Instant.ofEpochSecond(file.modifiedSeconds()), twice);
            if (copied != file.size() || bytes.read() >= 0) {
                throw new PermanentFailureException("file '" + file.path() + "' in storage is "
                        + (copied < file.size() ? "shorter" : "longer") + " than the " + file.size()
                        + " bytes that were catalogued; put back the right file, then retry");
            }
        }
        String found = Digests.hex(sha256);
        if (!found.equalsIgnoreCase(file.sha256())) {
            throw new PermanentFailureException("file '" + file.path() + "' in storage is not what was catalogued: its"
                    + " SHA-256 is " + found + " and should be " + file.sha256()
                    + "; put back the right file, then retry");
        }
        return Digests.hex(forManifest);
    }

    /** Writes a tag file and returns its line for the tag manifest. */
    private byte[] tagFile(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        entry(tar, layout.entry(name), content.length, written, new ByteArrayInputStream(content));
        MessageDigest digest = layout.algorithm().digest();
        digest.update(content);
        return BagLayout.line(Digests.hex(digest), name);
    }

    private static long entry(TarArchiveOutputStream tar, String name, long size, Instant modified, InputStream bytes)
            throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setIds(0, 0);
        entry.setNames("", "");
        // whole seconds: a fraction would cost another kilobyte for every file
        entry.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(modified.getEpochSecond())));
        tar.putArchiveEntry(entry);
        long copied = Copy.atMost(size, bytes, tar);
        if (copied == size) {
            tar.closeArchiveEntry();
        }
        return copied;
    }

    /** Buffers, and leaves the file open, because whoever opened it still has to bring it to the disk. */
    private static final class Unclosed extends BufferedOutputStream {
        Unclosed(OutputStream to) {
            super(to, BUFFER);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
