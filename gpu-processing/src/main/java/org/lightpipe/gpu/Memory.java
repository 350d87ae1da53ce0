package org.lightpipe.gpu;

/** The bounds that keep a step within the heap of its process. */
final class Memory {

    private Memory() {}

    /** @return this part of the largest heap, in bytes */
    static long share(int part) {
        return Runtime.getRuntime().maxMemory() / part;
    }

    static String text(long bytes) {
        return bytes / (1024 * 1024) + " MiB";
    }
}
