package org.lightpipe.gpu.core;

/** The bounds that keep a step within the heap of its process. */
public final class Memory {

    private Memory() {}

    /** @return this part of the largest heap, in bytes */
    public static long share(int part) {
        return Runtime.getRuntime().maxMemory() / part;
    }

    /** @return a number of bytes for people */
    public static String text(long bytes) {
        return bytes / (1024 * 1024) + " MiB";
    }
}
