package org.lightpipe.gpu.tomography;

import org.jtransforms.fft.FloatFFT_1D;
import org.jtransforms.utils.CommonUtils;

/**
 * Complex transforms of one length on the processor, in place, interleaved, not scaled. Several threads may use one
 * instance.
 */
final class HostFft {

    static {
        // the callers run many transforms side by side: one that spreads over threads of its own would only wait
        CommonUtils.setThreadsBeginN_1D_FFT_2Threads(Integer.MAX_VALUE);
        CommonUtils.setThreadsBeginN_1D_FFT_4Threads(Integer.MAX_VALUE);
    }

    private final FloatFFT_1D fft;
    private final int length;

    /** @param length a power of two */
    HostFft(int length) {
        this.length = length;
        this.fft = new FloatFFT_1D(length);
    }

    int length() {
        return length;
    }

    /** Transforms with {@code exp(-2πi jk/length)}. */
    void forward(float[] data) {
        fft.complexForward(data);
    }

    /** Transforms with {@code exp(+2πi jk/length)}. */
    void backward(float[] data) {
        fft.complexInverse(data, false);
    }
}
