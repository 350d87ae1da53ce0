/*
 * Azimuthal integration: the product of a sparse matrix, ordered by bins, with many frames.
 *
 * prepare_* turns frames of integers into signals, eight frames beside each other for every pixel: then one entry of the
 * matrix serves eight frames, and what it gathers is one piece of memory.
 *     frames  [frame][pixel], as the detector wrote them
 *     signals [frame / 8][pixel][frame % 8]; NaN = does not count
 *
 * integrate and spread run one group of 128 work items for each bin and each eight frames: sixteen entries at a time.
 *     sums    [frame][bin][signal, normalisation, count, variance]
 */

#define LANES 8
#define STEPS 16
#define GROUP 128

#define NOT_A_NUMBER (0.0f / zero)

/* Adds with the rounding error of the sum so far carried along (Kahan). */
#define ADD(sum, error, value)                                                                                         \
    {                                                                                                                  \
        const float corrected = (value) - error;                                                                       \
        const float next = sum + corrected;                                                                            \
        error = (next - sum) - corrected;                                                                              \
        sum = next;                                                                                                    \
    }

#define PREPARE(NAME, TYPE)                                                                                            \
    KERNEL prepare_##NAME(GLOBAL const TYPE *RESTRICT frames, GLOBAL const float *RESTRICT dark,                       \
            GLOBAL float *RESTRICT signals, const int pixels, const int count, const int hasDark,                      \
            const int hasDummy, const float saturation, const float dummy, const float delta,                          \
            const float zero) {                                                                                        \
        const size_t pixel = GLOBAL_ID_X;                                                                              \
        const int first = LANES * (int) GLOBAL_ID_Y;                                                                   \
        if (pixel >= (size_t) pixels || first >= count) {                                                              \
            return;                                                                                                    \
        }                                                                                                              \
        const float below = hasDark ? dark[pixel] : 0.0f;                                                              \
        GLOBAL float *to = signals + ((size_t) GLOBAL_ID_Y * pixels + pixel) * LANES;                                  \
        for (int lane = 0; lane < LANES; lane++) {                                                                     \
            float signal = NOT_A_NUMBER;                                                                               \
            if (first + lane < count) {                                                                                \
                const float value = (float) frames[(size_t) (first + lane) * pixels + pixel];                          \
                if (value < saturation && value >= -3.402823466e38f                                                    \
                        && !(hasDummy && FABS(value - dummy) <= delta)) {                                              \
                    signal = value - below;                                                                            \
                }                                                                                                      \
            }                                                                                                          \
            to[lane] = signal;                                                                                         \
        }                                                                                                              \
    }

PREPARE(int8, signed char)
PREPARE(uint8, uchar)
PREPARE(int16, short)
PREPARE(uint16, ushort)
PREPARE(int32, int)
PREPARE(uint32, uint)
PREPARE(float32, float)

/* The sums of sixteen work items, which all end in the first of them; pairwise, so that nothing is lost to rounding. */
#define REDUCE(partial, item)                                                                                          \
    for (int step = STEPS / 2; step > 0; step /= 2) {                                                                  \
        BARRIER;                                                                                                       \
        if (item < step * LANES) {                                                                                     \
            partial[item] += partial[item + step * LANES];                                                             \
        }                                                                                                              \
    }

KERNEL integrate(GLOBAL const int *RESTRICT starts, GLOBAL const int *RESTRICT pixelsOf,
        GLOBAL const float *RESTRICT weights, GLOBAL const float *RESTRICT norms, GLOBAL const float *RESTRICT dark,
        GLOBAL const float *RESTRICT signals, GLOBAL float *RESTRICT sums, const int pixels, const int bins,
        const int count, const int hasDark, const int hasErrors) {
    LOCAL float signalPart[GROUP];
    LOCAL float normPart[GROUP];
    LOCAL float countPart[GROUP];
    LOCAL float variancePart[GROUP];
    const int item = (int) LOCAL_ID_X;
    const int lane = item % LANES;
    const int bin = (int) GROUP_ID_X;
    const int frame = LANES * (int) GROUP_ID_Y + lane;
    GLOBAL const float *from = signals + (size_t) GROUP_ID_Y * pixels * LANES + lane;
    float signal = 0.0f, signalError = 0.0f;
    float norm = 0.0f, normError = 0.0f;
    float weightSum = 0.0f, weightError = 0.0f;
    float variance = 0.0f, varianceError = 0.0f;
    const int end = bin < bins ? starts[bin + 1] : 0;
    for (int k = (bin < bins ? starts[bin] : 0) + item / LANES; k < end; k += STEPS) {
        const int pixel = pixelsOf[k];
        const float weight = weights[k];
        const float value = from[(size_t) pixel * LANES];
        if (value == value) {
            ADD(signal, signalError, weight * value)
            ADD(norm, normError, weight * norms[pixel])
            ADD(weightSum, weightError, weight)
            if (hasErrors) {
                const float raw = value + (hasDark ? dark[pixel] : 0.0f);
                ADD(variance, varianceError, weight * weight * (raw > 1.0f ? raw : 1.0f))
            }
        }
    }
    signalPart[item] = signal;
    normPart[item] = norm;
    countPart[item] = weightSum;
    variancePart[item] = variance;
    REDUCE(signalPart, item)
    REDUCE(normPart, item)
    REDUCE(countPart, item)
    REDUCE(variancePart, item)
    if (item < LANES && frame < count && bin < bins) {
        GLOBAL float *to = sums + ((size_t) frame * bins + bin) * 4;
        to[0] = signalPart[item];
        to[1] = normPart[item];
        to[2] = countPart[item];
        to[3] = variancePart[item];
    }
}

/*
 * Errors from the spread within a bin, and sigma clipping: what is farther from the mean than a number of standard
 * deviations is left out, again and again. What was left out stays out, because the limits only come nearer.
 */
KERNEL spread(GLOBAL const int *RESTRICT starts, GLOBAL const int *RESTRICT pixelsOf,
        GLOBAL const float *RESTRICT weights, GLOBAL const float *RESTRICT norms, GLOBAL const float *RESTRICT dark,
        GLOBAL const float *RESTRICT signals, GLOBAL float *RESTRICT sums, const int pixels, const int bins,
        const int count, const int hasDark, const int counting, const int iterations, const float threshold) {
    LOCAL float signalPart[GROUP];
    LOCAL float normPart[GROUP];
    LOCAL float countPart[GROUP];
    LOCAL float variancePart[GROUP];
    LOCAL float lowest[LANES];
    LOCAL float highest[LANES];
    const int item = (int) LOCAL_ID_X;
    const int lane = item % LANES;
    const int bin = (int) GROUP_ID_X;
    const int frame = LANES * (int) GROUP_ID_Y + lane;
    GLOBAL const float *from = signals + (size_t) GROUP_ID_Y * pixels * LANES + lane;
    const int begin = (bin < bins ? starts[bin] : 0) + item / LANES;
    const int end = bin < bins ? starts[bin + 1] : 0;
    if (item < LANES) {
        lowest[item] = -3.402823466e38f;
        highest[item] = 3.402823466e38f;
    }
    for (int iteration = 0; iteration <= iterations; iteration++) {
        BARRIER;
        const float low = lowest[lane];
        const float high = highest[lane];
        float signal = 0.0f, signalError = 0.0f;
        float norm = 0.0f, normError = 0.0f;
        float weightSum = 0.0f, weightError = 0.0f;
        float variance = 0.0f, varianceError = 0.0f;
        for (int k = begin; k < end; k += STEPS) {
            const int pixel = pixelsOf[k];
            const float weight = weights[k];
            const float value = from[(size_t) pixel * LANES];
            const float scaled = value / norms[pixel];
            if (scaled >= low && scaled <= high) {
                ADD(signal, signalError, weight * value)
                ADD(norm, normError, weight * norms[pixel])
                ADD(weightSum, weightError, weight)
                if (counting) {
                    const float raw = value + (hasDark ? dark[pixel] : 0.0f);
                    ADD(variance, varianceError, weight * weight * (raw > 1.0f ? raw : 1.0f))
                }
            }
        }
        BARRIER;
        signalPart[item] = signal;
        normPart[item] = norm;
        countPart[item] = weightSum;
        variancePart[item] = variance;
        REDUCE(signalPart, item)
        REDUCE(normPart, item)
        REDUCE(countPart, item)
        REDUCE(variancePart, item)
        BARRIER;
        const float mean = normPart[lane] > 0.0f ? signalPart[lane] / normPart[lane] : 0.0f;
        if (!counting) {
            variance = 0.0f;
            varianceError = 0.0f;
            for (int k = begin; k < end; k += STEPS) {
                const int pixel = pixelsOf[k];
                const float scaled = from[(size_t) pixel * LANES] / norms[pixel];
                if (scaled >= low && scaled <= high) {
                    ADD(variance, varianceError, weights[k] * norms[pixel] * (scaled - mean) * (scaled - mean))
                }
            }
            BARRIER;
            variancePart[item] = variance;
            REDUCE(variancePart, item)
            BARRIER;
        }
        if (item < LANES && iteration < iterations && normPart[item] > 0.0f) {
            const float entries = countPart[item] > 3.0f ? countPart[item] : 3.0f;
            const float chauvenet = SQRT(2.0f * LOG(entries / 2.50662827f));
            const float most = (threshold > chauvenet ? threshold : chauvenet)
                    * SQRT(variancePart[item] / normPart[item]);
            if (mean - most > lowest[item]) {
                lowest[item] = mean - most;
            }
            if (mean + most < highest[item]) {
                highest[item] = mean + most;
            }
        }
    }
    BARRIER;
    if (item < LANES && frame < count && bin < bins) {
        GLOBAL float *to = sums + ((size_t) frame * bins + bin) * 4;
        to[0] = signalPart[item];
        to[1] = normPart[item];
        to[2] = countPart[item];
        to[3] = variancePart[item];
    }
}
