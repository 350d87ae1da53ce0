package org.lightpipe.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.Set;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.RootedPath;
import org.lightpipe.os.FileCalls;

/** Writes one file under its temporary name. Thread-safe; each copy brings its own memory. */
final class LocalCopier {

    /** From here on the digest is taken in a thread of its own. */
    static final long LARGE = 64L << 20;

    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    /** A name of fewer characters than these has fewer bytes than any file system allows. */
    private static final int SHORT = 255 / 4;

    private final String storage;
    private final TransferPolicy policy;
    private final Path root;
    private final LocalDirectories directories;
    private final LocalAttributes attributes;

    LocalCopier(Storage storage, Path root, LocalDirectories directories) {
        this.storage = storage.name();
        this.policy = storage.transfer();
        this.root = root;
        this.directories = directories;
        this.attributes = new LocalAttributes(storage);
    }

    /**
     * Writes a file, and takes the digests of its source.
     *
     * @param flush whether it is to be on the disk afterwards
     * @return empty when the source changed
     */
    Optional<Written> write(Item item, boolean flush, Blocks.Bench bench, Meter meter)
            throws IOException, InterruptedException {
        SourceStat before = sourceStat(item);
        if (!item.isAsFound(before)) {
            return Optional.empty();
        }
        Path target = RootedPath.resolve(root, item.target());
        Path temporary = RootedPath.resolve(root, item.temporary());
        try (FileChannel in = openSource(item)) {
            directories.make(target.getParent());
            directories.make(temporary.getParent());
            refuseWhatCannotBeNamed(target);
            Optional<String> shared = share(item, temporary);
            boolean whole;
            if (shared.isPresent()) {
                whole = pour(item, in, null, bench, Meter.none());
                if (flush) {
                    flush(temporary);
                }
            } else {
                whole = writeAnew(item, in, temporary, before, flush, bench, meter);
            }
            return whole
                    ? Optional.of(
                            new Written(item, temporary, before, bench.digests().result(), shared.orElse("")))
                    : Optional.empty();
        }
    }

    private boolean writeAnew(
            Item item,
            FileChannel in,
            Path temporary,
            SourceStat before,
            boolean flush,
            Blocks.Bench bench,
            Meter meter)
            throws IOException, InterruptedException {
        try (FileChannel out = create(temporary, attributes.atCreation())) {
            boolean whole = pour(item, in, out, bench, meter);
            if (whole) {
                attributes.dress(temporary, item.source(), before);
                if (flush) {
                    out.force(true);
                }
            }
            return whole;
        }
    }

    /** Shares the source's bytes instead of writing them anew; says how, or nothing when it could not. */
    private Optional<String> share(Item item, Path temporary) throws IOException {
        if (policy.share() == Share.HARDLINK && link(item.source(), temporary)) {
            // Times, mode and owner are those of the source: the two are one file.
            return Optional.of("hard link");
        }
        if (policy.share() == Share.REFLINK) {
            Files.deleteIfExists(temporary);
            if (FileCalls.reflink(item.source(), temporary, attributes.mode())) {
                attributes.dressShared(temporary, item.source(), sourceStat(item));
                return Optional.of("shared blocks");
            }
        }
        return Optional.empty();
    }

    private static boolean link(Path source, Path temporary) throws IOException {
        Files.deleteIfExists(temporary);
        try {
            Files.createLink(temporary, source);
            return true;
        } catch (FileSystemException | UnsupportedOperationException e) {
            // on another file system, or not allowed there: it is copied, and copying tells what else is wrong
            return false;
        }
    }

    SourceStat sourceStat(Item item) throws CopyException {
        try {
            return SourceStat.of(item.source());
        } catch (IOException e) {
            throw LocalTrouble.ofSource(item.source(), e);
        }
    }

    private static FileChannel openSource(Item item) throws CopyException {
        try {
            return FileChannel.open(item.source(), READ);
        } catch (IOException e) {
            throw LocalTrouble.ofSource(item.source(), e);
        }
    }

    /** A temporary name is short: the final one is tried before the bytes are moved. */
    private static void refuseWhatCannotBeNamed(Path target) throws IOException {
        if (target.getFileName().toString().length() <= SHORT) {
            return;
        }
        try {
            Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // as it should be
        }
    }

    private FileChannel create(Path temporary, FileAttribute<?>[] attributes) throws IOException {
        try {
            return FileChannel.open(temporary, NEW, attributes);
        } catch (FileAlreadyExistsException e) {
            // A leftover of an attempt that ended in the middle; writing into it would keep what it holds.
            Files.delete(temporary);
        } catch (NoSuchFileException e) {
            // Somebody removed the directory since it was last seen.
            directories.forget();
            directories.make(temporary.getParent());
        }
        return FileChannel.open(temporary, NEW, attributes);
    }

    /**
     * Takes the digests of a source and writes it.
     *
     * @param out where to; null for nowhere
     * @return false when the source ended early
     */
    private boolean pour(Item item, FileChannel in, FileChannel out, Blocks.Bench bench, Meter meter)
            throws IOException, InterruptedException {
        return item.size() < LARGE
                ? pourInTurn(item, in, out, bench, meter)
                : pourAtTheSameTime(item, in, out, bench, meter);
    }

    private static boolean pourInTurn(Item item, FileChannel in, FileChannel out, Blocks.Bench bench, Meter meter)
            throws IOException, InterruptedException {
        Block block = bench.block();
        for (long left = item.size(); left > 0; left -= block.length()) {
            if (!read(item, in, block, left)) {
                return false;
            }
            bench.digests().update(block.bytes(), 0, block.length());
            write(block, out, meter);
        }
        return true;
    }

    private boolean pourAtTheSameTime(Item item, FileChannel in, FileChannel out, Blocks.Bench bench, Meter meter)
            throws IOException, InterruptedException {
        try (DigestThread digests = new DigestThread(threadName(storage), bench.digests(), bench.several())) {
            Block block;
            for (long left = item.size(); left > 0; left -= block.length()) {
                block = digests.take();
                if (!read(item, in, block, left)) {
                    return false;
                }
                digests.give(block);
                // The block cannot come back before this thread takes it again.
                write(block, out, meter);
            }
            digests.finish();
            return true;
        }
    }

    static String threadName(String storage) {
        return "transfer-digest-" + storage;
    }

    private static boolean read(Item item, FileChannel in, Block block, long left) throws IOException {
        int wanted = (int) Math.min(left, block.size());
        try {
            block.fill(in, wanted);
        } catch (IOException e) {
            throw LocalTrouble.ofSource(item.source(), e);
        }
        return block.length() == wanted;
    }

    private static void write(Block block, FileChannel out, Meter meter) throws IOException, InterruptedException {
        if (out != null) {
            meter.take(block.length());
            block.drainTo(out);
        }
    }

    private static void flush(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, READ)) {
            channel.force(true);
        }
    }
}
