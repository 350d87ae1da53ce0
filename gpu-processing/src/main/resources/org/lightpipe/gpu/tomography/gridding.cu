/*
 * Reconstruction from lines through the origin of the Fourier transform of a slice, two slices at a time: one is the
 * real, one the imaginary part of everything. Lines are sorted by their angles modulo pi.
 */

#define PI 3.14159265f

/* Without a fused operation, whose better rounding would choose other entries of the kernel's table than tomopy does. */
#ifdef __CUDACC__
#define PLACE(number, step, middle) __fadd_rn(__fmul_rn(number, step), middle)
#else
#pragma OPENCL FP_CONTRACT OFF
#define PLACE(number, step, middle) ((number) * (step) + (middle))
#endif

/* Pairs of slices that one work item makes: they share the geometry and the weights. */
#define PAIRS 4

/* rows [slice][projection][column] -> lines [pair][line][length], with zeros behind */
KERNEL pack_lines(GLOBAL const float *RESTRICT rows, GLOBAL const int *RESTRICT order, GLOBAL float2 *RESTRICT lines,
                  const int slices, const int projections, const int columns, const int length) {
    const int x = (int) GLOBAL_ID_X;
    const int line = (int) GLOBAL_ID_Y;
    const int pair = (int) GLOBAL_ID_Z;
    if (x >= length || line >= projections || pair >= (slices + 1) / 2) {
        return;
    }
    float one = 0.0f;
    float two = 0.0f;
    if (x < columns) {
        const size_t slice = (size_t) projections * columns;
        const size_t at = 2 * pair * slice + (size_t) order[line] * columns + x;
        one = rows[at];
        two = 2 * pair + 1 < slices ? rows[at + slice] : 0.0f;
    }
    lines[((size_t) pair * projections + line) * length + x] = FLOAT2(one, two);
}

/* lines [pair][line][length] times factors [length / 2], of which the negative frequencies take the conjugates */
KERNEL filter_lines(GLOBAL float2 *RESTRICT lines, GLOBAL const float2 *RESTRICT factors, const int pairs,
                    const int projections, const int length) {
    const int x = (int) GLOBAL_ID_X;
    const int line = (int) GLOBAL_ID_Y;
    const int pair = (int) GLOBAL_ID_Z;
    if (x >= length || line >= projections || pair >= pairs || x == length / 2) {
        return;
    }
    const size_t at = ((size_t) pair * projections + line) * length + x;
    const int negative = x > length / 2;
    float2 factor = factors[negative ? length - x : x];
    factor.y = negative ? -factor.y : factor.y;
    const float2 value = lines[at];
    lines[at] = FLOAT2(value.x * factor.x - value.y * factor.y, value.x * factor.y + value.y * factor.x);
}

/*
 * lines [pair][line][length] -> grid [pair][v][u]: every point sums the values of the lines that pass it, times the kernel
 * at their distances along u and along v. Only lines whose angle is near that of the point can: buckets tells which, as
 * their first numbers in steps from -pi to 2 pi, where each line appears three times, half a turn apart.
 */
KERNEL grid_lines(GLOBAL const float2 *RESTRICT lines, GLOBAL const float2 *RESTRICT directions,
                  GLOBAL const int *RESTRICT buckets, GLOBAL const float *RESTRICT weights,
                  GLOBAL float2 *RESTRICT grid, const int pairs, const int projections, const int length,
                  const int size, const int reach, const float per_point, const int bucket_count) {
    const int iu = (int) GLOBAL_ID_X;
    const int iv = (int) GLOBAL_ID_Y;
    const int first = (int) GLOBAL_ID_Z * PAIRS;
    if (iu >= size || iv >= size || first >= pairs) {
        return;
    }
    float real[PAIRS];
    float imaginary[PAIRS];
    for (int k = 0; k < PAIRS; k++) {
        real[k] = 0.0f;
        imaginary[k] = 0.0f;
    }
    /* row 0 and column 0 are at half the sampling frequency, and stay empty */
    if (iu > 0 && iv > 0) {
        const float middle = (float) (size / 2);
        const float u = (float) iu - middle;
        const float v = (float) iv - middle;
        const float spacing = (float) (size / length);
        const float box = (float) reach;
        const int last_entry = reach * (int) per_point;
        const float radius = SQRT(u * u + v * v);
        const float closest = box * 1.4143f;
        int from = projections;
        int to = 2 * projections;
        if (radius > closest) {
            const float angle = atan2(v, u);
            const float positive = angle < 0.0f ? angle + PI : angle;
            const float window = asin(closest / radius) + 1e-4f;
            const float per_radian = (float) bucket_count / (3.0f * PI);
            const int low = (int) ((positive - window + PI) * per_radian);
            const int high = (int) ((positive + window + PI) * per_radian) + 1;
            from = buckets[low > 0 ? low : 0];
            to = buckets[high < bucket_count ? high : bucket_count];
            to = to < from + projections ? to : from + projections;
        }
        const size_t pair_stride = (size_t) projections * length;
        GLOBAL const float2 *pair = lines + first * pair_stride;
        for (int i = from; i < to; i++) {
            const int line = i >= 2 * projections ? i - 2 * projections : i >= projections ? i - projections : i;
            const float2 direction = directions[line];
            const float extent = box * (FABS(direction.x) + FABS(direction.y)) + 1e-3f;
            if (FABS(u * direction.y - v * direction.x) > extent) {
                continue;
            }
            const float along = u * direction.x + v * direction.y;
            int low = (int) FLOOR((along - extent) / spacing);
            int high = (int) FLOOR((along + extent) / spacing) + 1;
            low = low > -length / 2 ? low : 1 - length / 2;
            high = high < length / 2 ? high : length / 2 - 1;
            for (int j = low; j <= high; j++) {
                /* negative frequencies mirror the positive ones, in their rounding too */
                const float number = FABS((float) j);
                const float place_u = PLACE(number, spacing * direction.x, middle);
                const float place_v = PLACE(number, spacing * direction.y, middle);
                const float point_u = (float) (j < 0 ? size - iu : iu);
                const float point_v = (float) (j < 0 ? size - iv : iv);
                if (point_u >= place_u - box && point_u <= place_u + box && point_v >= place_v - box
                    && point_v <= place_v + box) {
                    /* rounding may put it a little beyond the end */
                    int entry_u = (int) (FABS(place_u - point_u) * per_point + 0.5f);
                    int entry_v = (int) (FABS(place_v - point_v) * per_point + 0.5f);
                    entry_u = entry_u < last_entry ? entry_u : last_entry;
                    entry_v = entry_v < last_entry ? entry_v : last_entry;
                    const float weight = weights[entry_u] * weights[entry_v];
                    const size_t at = (size_t) line * length + (j < 0 ? j + length : j);
                    for (int k = 0; k < PAIRS; k++) {
                        if (first + k < pairs) {
                            const float2 value = pair[at + k * pair_stride];
                            real[k] += weight * value.x;
                            imaginary[k] += weight * value.y;
                        }
                    }
                }
            }
        }
    }
    const size_t points = (size_t) size * size;
    for (int k = 0; k < PAIRS; k++) {
        if (first + k < pairs) {
            grid[(first + k) * points + (size_t) iv * size + iu] = FLOAT2(real[k], imaginary[k]);
        }
    }
}

/* transformed grid [pair][y][x] -> slices [slice][row][column], its origin in the corner */
KERNEL take_slices(GLOBAL const float2 *RESTRICT grid, GLOBAL const float *RESTRICT correction,
                   GLOBAL float *RESTRICT slices, const int count, const int columns, const int size,
                   const int origin) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    const int slice = (int) GLOBAL_ID_Z;
    if (x >= columns || y >= columns || slice >= count) {
        return;
    }
    const int u = (origin + x) & (size - 1);
    const int v = (origin + y) & (size - 1);
    const float2 value = grid[(size_t) (slice / 2) * size * size + (size_t) v * size + u];
    const size_t pixel = ((size_t) slice * columns + (columns - 1 - y)) * columns + x;
    slices[pixel] = (slice % 2 == 0 ? value.x : value.y) * correction[x] * correction[y];
}
