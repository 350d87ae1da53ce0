/*
 * Dark, flat field, mask, region and binning. One work item for each pixel that comes out: x, y, and its frame (z).
 *     frames     [frame][row][column], as the detector wrote them
 *     dark, gain [row][column]; a gain that is no number: the pixel does not count
 *     corrected  [frame][row][column] of the region, binned; NaN = no pixel counts
 */

#define FILL_NAN 0
#define FILL_ZERO 1
#define FILL_MEDIAN 2

#define CORRECT(NAME, TYPE)                                                                                            \
    DEVICE float value_##NAME(GLOBAL const TYPE *frame, GLOBAL const float *dark, GLOBAL const float *gain,            \
            const int rows, const int columns, const int row, const int column, const float saturation,                \
            const float nothing) {                                                                                     \
        if (row < 0 || row >= rows || column < 0 || column >= columns) {                                               \
            return nothing;                                                                                            \
        }                                                                                                              \
        const size_t pixel = (size_t) row * columns + column;                                                          \
        const float value = (float) frame[pixel];                                                                      \
        const float corrected = (value - dark[pixel]) * gain[pixel];                                                   \
        return value < saturation && FABS(corrected) <= 3.402823466e38f ? corrected : nothing;                         \
    }                                                                                                                  \
                                                                                                                       \
    KERNEL correct_##NAME(GLOBAL const TYPE *RESTRICT frames, GLOBAL const float *RESTRICT dark,                       \
            GLOBAL const float *RESTRICT gain, GLOBAL float *RESTRICT corrected, const int rows, const int columns,    \
            const int firstRow, const int firstColumn, const int rowsOut, const int columnsOut, const int binning,     \
            const int count, const int fill, const int mean, const float saturation, const float zero) {               \
        const int x = (int) GLOBAL_ID_X;                                                                               \
        const int y = (int) GLOBAL_ID_Y;                                                                               \
        const int frame = (int) GLOBAL_ID_Z;                                                                           \
        if (x >= columnsOut || y >= rowsOut || frame >= count) {                                                       \
            return;                                                                                                    \
        }                                                                                                              \
        const float nothing = 0.0f / zero;                                                                             \
        GLOBAL const TYPE *from = frames + (size_t) frame * rows * columns;                                            \
        float sum = 0.0f;                                                                                              \
        int known = 0;                                                                                                 \
        for (int i = 0; i < binning; i++) {                                                                            \
            for (int j = 0; j < binning; j++) {                                                                        \
                const int row = firstRow + y * binning + i;                                                            \
                const int column = firstColumn + x * binning + j;                                                      \
                float value = value_##NAME(from, dark, gain, rows, columns, row, column, saturation, nothing);         \
                if (value != value && fill == FILL_ZERO) {                                                             \
                    value = 0.0f;                                                                                      \
                } else if (value != value && fill == FILL_MEDIAN) {                                                    \
                    float around[8];                                                                                   \
                    int size = 0;                                                                                      \
                    for (int n = 0; n < 9; n++) {                                                                      \
                        const float other = n == 4 ? nothing : value_##NAME(from, dark, gain, rows, columns,           \
                                row + n / 3 - 1, column + n % 3 - 1, saturation, nothing);                             \
                        if (other == other) {                                                                          \
                            int at = size++;                                                                           \
                            while (at > 0 && around[at - 1] > other) {                                                 \
                                around[at] = around[at - 1];                                                           \
                                at--;                                                                                  \
                            }                                                                                          \
                            around[at] = other;                                                                        \
                        }                                                                                              \
                    }                                                                                                  \
                    if (size > 0) {                                                                                    \
                        value = size % 2 == 1 ? around[size / 2] : 0.5f * (around[size / 2 - 1] + around[size / 2]);   \
                    }                                                                                                  \
                }                                                                                                      \
                if (value == value) {                                                                                  \
                    sum += value;                                                                                      \
                    known++;                                                                                           \
                }                                                                                                      \
            }                                                                                                          \
        }                                                                                                              \
        const float average = known > 0 ? sum / known : nothing;                                                       \
        corrected[((size_t) frame * rowsOut + y) * columnsOut + x] = mean ? average : average * binning * binning;     \
    }

CORRECT(int8, signed char)
CORRECT(uint8, uchar)
CORRECT(int16, short)
CORRECT(uint16, ushort)
CORRECT(int32, int)
CORRECT(uint32, uint)
CORRECT(int64, long)
CORRECT(uint64, ulong)
CORRECT(float32, float)
CORRECT(float64, double)
