package org.lightpipe.gpu.device;

/** Bounds of copies: the libraries below would read and write beyond them. */
final class Span {

    private Span() {}

    /** Throws if a part does not lie within something. */
    static void check(String what, long from, long bytes, long size) {
        if (from < 0 || bytes < 0 || from > size - bytes) {
            throw new IllegalArgumentException(
                    bytes + " bytes from " + from + " do not lie within a " + what + " of " + size);
        }
    }
}
