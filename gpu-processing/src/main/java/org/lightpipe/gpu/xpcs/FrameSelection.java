package org.lightpipe.gpu.xpcs;

import org.lightpipe.gpu.core.InvalidInputException;

/**
 * The frames that are correlated. Sample k is the mean of the frames
 * {@code begin + (k·average + a)·stride, 0 ≤ a < average}.
 *
 * @param begin the first frame
 * @param stride every so many-th frame
 * @param average so many of those are one sample
 * @param samples how many samples there are
 */
record FrameSelection(int begin, int stride, int average, int samples) {

    /**
     * @param frames how many there are
     * @param description the file and the dataset
     */
    static FrameSelection of(XpcsOptions options, int frames, String description) throws InvalidInputException {
        int begin = options.getBeginFrame() < 0 ? frames + options.getBeginFrame() : options.getBeginFrame();
        if (begin < 0 || begin >= frames) {
            throw new InvalidInputException(description + ": beginFrame=" + options.getBeginFrame()
                    + " lies outside its " + frames + " frames, which count from 0");
        }
        int end = options.getEndFrame() <= 0 ? frames : options.getEndFrame();
        if (end > frames) {
            throw new InvalidInputException(
                    description + ": endFrame=" + end + ", but there are only " + frames + " frames; -1 takes all");
        }
        long perSample = (long) options.getStrideFrame() * options.getAvgFrame();
        int samples = (int) (Math.max(0, end - begin) / perSample);
        if (samples < 2) {
            throw new InvalidInputException(description + ": beginFrame=" + begin + ", endFrame=" + end
                    + ", strideFrame=" + options.getStrideFrame() + " and avgFrame=" + options.getAvgFrame()
                    + " leave " + samples + " of its " + frames + " frames to correlate; at least 2 are needed");
        }
        return new FrameSelection(begin, options.getStrideFrame(), options.getAvgFrame(), samples);
    }

    /** @return the frame behind the last one that is used */
    int end() {
        return begin + samples * average * stride;
    }
}
