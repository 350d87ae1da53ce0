package org.lightpipe.gpu.xpcs;

/**
 * The pixels that one dynamic and one static bin have in common; they lie beside each other.
 *
 * @param dynamicBin counted from 1; 0 = none
 * @param staticBin counted from 1; 0 = none
 * @param from the position of its first pixel
 * @param to the position behind its last pixel
 */
record Cell(int dynamicBin, int staticBin, int from, int to) {

    int pixels() {
        return to - from;
    }
}
