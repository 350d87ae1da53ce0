/*
 * Mean, spread, largest and smallest value of each pixel over frames [frame][pixel], as the detector wrote them.
 *
 * moments_*  one work item for each pixel: Welford's formulas over the frames of a block
 * totals_*   groups of 256 work items, GROUPS_X of them for each frame (y): the sum of its values, and how many were left
 *            out because they are not finite, or are saturated; [frame][group][3]
 * images     what moments says, as floats; NaN where no frame had a finite value
 */

#define GROUP 256

#define MOMENTS(NAME, TYPE)                                                                                            \
    KERNEL moments_##NAME(GLOBAL const TYPE *RESTRICT frames, GLOBAL double *RESTRICT means,                           \
            GLOBAL double *RESTRICT squares, GLOBAL float *RESTRICT largest, GLOBAL float *RESTRICT smallest,          \
            GLOBAL int *RESTRICT counts, const int pixels, const int count) {                                          \
        const size_t pixel = GLOBAL_ID_X;                                                                              \
        if (pixel >= (size_t) pixels) {                                                                                \
            return;                                                                                                    \
        }                                                                                                              \
        double mean = means[pixel];                                                                                    \
        double square = squares[pixel];                                                                                \
        float high = largest[pixel];                                                                                   \
        float low = smallest[pixel];                                                                                   \
        int seen = counts[pixel];                                                                                      \
        for (int frame = 0; frame < count; frame++) {                                                                  \
            const double value = (double) frames[(size_t) frame * pixels + pixel];                                     \
            if (value - value == 0.0) {                                                                                \
                const double delta = value - mean;                                                                     \
                seen++;                                                                                                \
                mean += delta / seen;                                                                                  \
                square += delta * (value - mean);                                                                      \
                high = seen == 1 || (float) value > high ? (float) value : high;                                       \
                low = seen == 1 || (float) value < low ? (float) value : low;                                          \
            }                                                                                                          \
        }                                                                                                              \
        means[pixel] = mean;                                                                                           \
        squares[pixel] = square;                                                                                       \
        largest[pixel] = high;                                                                                         \
        smallest[pixel] = low;                                                                                         \
        counts[pixel] = seen;                                                                                          \
    }

#define TOTALS(NAME, TYPE)                                                                                             \
    KERNEL totals_##NAME(GLOBAL const TYPE *RESTRICT frames, GLOBAL double *RESTRICT totals, const int pixels,         \
            const int count, const int groups, const double saturation) {                                              \
        LOCAL double sums[GROUP];                                                                                      \
        LOCAL int left[GROUP];                                                                                         \
        LOCAL int lost[GROUP];                                                                                         \
        const int item = (int) LOCAL_ID_X;                                                                             \
        const int group = (int) GROUP_ID_X;                                                                            \
        const int frame = (int) GROUP_ID_Y;                                                                            \
        double sum = 0.0;                                                                                              \
        int notFinite = 0;                                                                                             \
        int saturated = 0;                                                                                             \
        if (frame < count) {                                                                                           \
            for (size_t i = (size_t) group * GROUP + item; i < (size_t) pixels; i += (size_t) groups * GROUP) {        \
                const double value = (double) frames[(size_t) frame * pixels + i];                                     \
                if (value - value == 0.0) {                                                                            \
                    sum += value;                                                                                      \
                    saturated += value >= saturation ? 1 : 0;                                                          \
                } else {                                                                                               \
                    notFinite++;                                                                                       \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        sums[item] = sum;                                                                                              \
        left[item] = notFinite;                                                                                        \
        lost[item] = saturated;                                                                                        \
        for (int step = GROUP / 2; step > 0; step /= 2) {                                                              \
            BARRIER;                                                                                                   \
            if (item < step) {                                                                                         \
                sums[item] += sums[item + step];                                                                       \
                left[item] += left[item + step];                                                                       \
                lost[item] += lost[item + step];                                                                       \
            }                                                                                                          \
        }                                                                                                              \
        if (item == 0 && frame < count && group < groups) {                                                            \
            GLOBAL double *to = totals + ((size_t) frame * groups + group) * 3;                                        \
            to[0] = sums[0];                                                                                           \
            to[1] = left[0];                                                                                           \
            to[2] = lost[0];                                                                                           \
        }                                                                                                              \
    }

MOMENTS(int8, signed char)
MOMENTS(uint8, uchar)
MOMENTS(int16, short)
MOMENTS(uint16, ushort)
MOMENTS(int32, int)
MOMENTS(uint32, uint)
MOMENTS(int64, long)
MOMENTS(uint64, ulong)
MOMENTS(float32, float)
MOMENTS(float64, double)

TOTALS(int8, signed char)
TOTALS(uint8, uchar)
TOTALS(int16, short)
TOTALS(uint16, ushort)
TOTALS(int32, int)
TOTALS(uint32, uint)
TOTALS(int64, long)
TOTALS(uint64, ulong)
TOTALS(float32, float)
TOTALS(float64, double)

KERNEL images(GLOBAL const double *RESTRICT means, GLOBAL const double *RESTRICT squares,
        GLOBAL float *RESTRICT largest, GLOBAL float *RESTRICT smallest, GLOBAL const int *RESTRICT counts,
        GLOBAL float *RESTRICT mean, GLOBAL float *RESTRICT deviation, const int pixels, const float zero) {
    const size_t pixel = GLOBAL_ID_X;
    if (pixel >= (size_t) pixels) {
        return;
    }
    if (counts[pixel] == 0) {
        mean[pixel] = 0.0f / zero;
        deviation[pixel] = 0.0f / zero;
        largest[pixel] = 0.0f / zero;
        smallest[pixel] = 0.0f / zero;
    } else {
        mean[pixel] = (float) means[pixel];
        deviation[pixel] = (float) sqrt(squares[pixel] / counts[pixel]);
    }
}
