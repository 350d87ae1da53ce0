package org.lightpipe.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Reads, digests, writes and reads back, and does nothing else: no proof of copying can be had for less. */
final class BareLoop {

    private static final int BLOCK = 1 << 18;

    private final Path source;
    private final Path target;
    private final List<String> paths;
    private final int workers;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    BareLoop(Path source, Path target, List<String> paths, int workers) {
        this.source = source;
        this.target = target;
        this.paths = paths;
        this.workers = workers;
    }

    void run() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            Thread thread = new Thread(this::work, "bare-" + i);
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void work() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
            byte[] bytes = new byte[BLOCK];
            for (int i; (i = next.getAndIncrement()) < paths.size(); ) {
                copy(source.resolve(paths.get(i)), target.resolve(paths.get(i)), digest, block, bytes);
            }
        } catch (Exception e) {
            failure.set(e);
        }
    }

    private static void copy(Path from, Path to, MessageDigest digest, ByteBuffer block, byte[] bytes)
            throws IOException {
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (in.read(block.clear()) >= 0) {
                block.flip().get(0, bytes, 0, block.limit());
                digest.update(bytes, 0, block.limit());
                while (block.hasRemaining()) {
                    out.write(block);
                }
            }
            digest.digest();
        }
        try (FileChannel back = FileChannel.open(to, StandardOpenOption.READ)) {
            while (back.read(block.clear()) >= 0) {
                // only to have read it
            }
        }
    }
}
