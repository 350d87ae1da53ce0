package org.lightpipe.gpu.tomography;

/** A line that goes on at its ends as its mirror image, the mirror half a value outside: … 1 0 | 0 1 … n-1 | n-1 n-2 … */
final class Mirror {

    private Mirror() {}

    /**
     * @param index any
     * @return the index in 0 to {@code length - 1} whose value stands there
     */
    static int of(int index, int length) {
        int within = Math.floorMod(index, 2 * length);
        return within < length ? within : 2 * length - 1 - within;
    }
}
