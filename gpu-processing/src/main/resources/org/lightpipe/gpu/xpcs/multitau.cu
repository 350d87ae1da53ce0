/*
 * Multi-tau correlation: one work item follows one pixel through the samples of a block. Everything kept between blocks
 * is laid out [row][pixel], so that neighbours read neighbours.
 */

/* Adds to a sum of twice the precision, high + low (Knuth). */
DEVICE void add_two(GLOBAL float *high, GLOBAL float *low, const size_t at, const float s) {
    const float h = high[at];
    const float t = h + s;
    const float b = t - h;
    high[at] = t;
    low[at] += (h - (t - b)) + (s - b);
}

/*
 * Level 0: lags 1 to 8, the total, and the sums of pairs for level 1.
 * in [rows][n], factors [rows], out [pairs][n], history [8][n] newest first, high, low and first [8][n]
 */
KERNEL multitau_first(GLOBAL const float *in, GLOBAL const float *factors, GLOBAL float *out, GLOBAL float *history,
        GLOBAL float *high, GLOBAL float *low, GLOBAL float *first, GLOBAL float *total_high, GLOBAL float *total_low,
        const int rows, const int n, const int seen, const int write_pairs) {
    const size_t p = GLOBAL_ID_X;
    const size_t w = n;
    if (p >= w) {
        return;
    }
    float h1 = history[p];
    float h2 = history[w + p];
    float h3 = history[2 * w + p];
    float h4 = history[3 * w + p];
    float h5 = history[4 * w + p];
    float h6 = history[5 * w + p];
    float h7 = history[6 * w + p];
    float h8 = history[7 * w + p];
    float s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0, s8 = 0;
    float total = 0;
    float begun = seen < 8 ? ((h1 + h2) + (h3 + h4)) + ((h5 + h6) + (h7 + h8)) : 0;
    size_t o = p;
    for (int i = 0; i < rows; i++) {
        const float x = in[i * w + p] * factors[i];
        s1 += x * h1;
        s2 += x * h2;
        s3 += x * h3;
        s4 += x * h4;
        s5 += x * h5;
        s6 += x * h6;
        s7 += x * h7;
        s8 += x * h8;
        total += x;
        if (seen + i < 8) {
            begun += x;
            first[(seen + i) * w + p] = begun;
        }
        if (((seen + i) & 1) && write_pairs) {
            out[o] = h1 + x;
            o += w;
        }
        h8 = h7;
        h7 = h6;
        h6 = h5;
        h5 = h4;
        h4 = h3;
        h3 = h2;
        h2 = h1;
        h1 = x;
    }
    history[p] = h1;
    history[w + p] = h2;
    history[2 * w + p] = h3;
    history[3 * w + p] = h4;
    history[4 * w + p] = h5;
    history[5 * w + p] = h6;
    history[6 * w + p] = h7;
    history[7 * w + p] = h8;
    add_two(high, low, p, s1);
    add_two(high, low, w + p, s2);
    add_two(high, low, 2 * w + p, s3);
    add_two(high, low, 3 * w + p, s4);
    add_two(high, low, 4 * w + p, s5);
    add_two(high, low, 5 * w + p, s6);
    add_two(high, low, 6 * w + p, s7);
    add_two(high, low, 7 * w + p, s8);
    add_two(total_high, total_low, p, total);
}

/*
 * A level above 0: lags 5 to 8 and the sums of pairs for the next. The state of a level begins at its row:
 * history at 8·level, the others at slot.
 */
KERNEL multitau_next(GLOBAL const float *in, GLOBAL float *out, GLOBAL float *history, GLOBAL float *high,
        GLOBAL float *low, GLOBAL float *first, const int rows, const int n, const int seen, const int write_pairs,
        const int level, const int slot) {
    const size_t p = GLOBAL_ID_X;
    const size_t w = n;
    if (p >= w) {
        return;
    }
    const size_t from = 8 * (size_t) level * w + p;
    const size_t sums = (size_t) slot * w + p;
    float h1 = history[from];
    float h2 = history[from + w];
    float h3 = history[from + 2 * w];
    float h4 = history[from + 3 * w];
    float h5 = history[from + 4 * w];
    float h6 = history[from + 5 * w];
    float h7 = history[from + 6 * w];
    float h8 = history[from + 7 * w];
    float s5 = 0, s6 = 0, s7 = 0, s8 = 0;
    float begun = seen < 8 ? ((h1 + h2) + (h3 + h4)) + ((h5 + h6) + (h7 + h8)) : 0;
    size_t o = p;
    for (int i = 0; i < rows; i++) {
        const float x = in[i * w + p];
        s5 += x * h5;
        s6 += x * h6;
        s7 += x * h7;
        s8 += x * h8;
        if (seen + i < 8) {
            begun += x;
            if (seen + i >= 4) {
                first[(seen + i - 4) * w + sums] = begun;
            }
        }
        if (((seen + i) & 1) && write_pairs) {
            out[o] = h1 + x;
            o += w;
        }
        h8 = h7;
        h7 = h6;
        h6 = h5;
        h5 = h4;
        h4 = h3;
        h3 = h2;
        h2 = h1;
        h1 = x;
    }
    history[from] = h1;
    history[from + w] = h2;
    history[from + 2 * w] = h3;
    history[from + 3 * w] = h4;
    history[from + 4 * w] = h5;
    history[from + 5 * w] = h6;
    history[from + 6 * w] = h7;
    history[from + 7 * w] = h8;
    add_two(high, low, sums, s5);
    add_two(high, low, sums + w, s6);
    add_two(high, low, sums + 2 * w, s7);
    add_two(high, low, sums + 3 * w, s8);
}

/* The total of level 0 as doubles. */
KERNEL multitau_total(GLOBAL const float *total_high, GLOBAL const float *total_low, GLOBAL double *remaining,
        const int n) {
    const size_t p = GLOBAL_ID_X;
    if (p < n) {
        remaining[p] = (double) total_high[p] + total_low[p];
    }
}

/*
 * The means of one level, [lag][product, later, earlier][n]; then takes its odd last sum off what remains for the next.
 */
KERNEL multitau_means(GLOBAL const float *history, GLOBAL const float *high, GLOBAL const float *low,
        GLOBAL const float *first, GLOBAL double *remaining, GLOBAL float *means, const int n, const int samples,
        const int level, const int slot, const int first_lag, const int lags, const double scale) {
    const size_t p = GLOBAL_ID_X;
    const size_t w = n;
    if (p >= w) {
        return;
    }
    const size_t from = 8 * (size_t) level * w + p;
    const double total = remaining[p];
    double ends = 0;
    for (int lag = 1; lag < first_lag + lags; lag++) {
        ends += history[from + (lag - 1) * w];
        if (lag >= first_lag) {
            const int k = lag - first_lag;
            const size_t at = (size_t) (slot + k) * w + p;
            const double terms = samples - lag;
            means[(3 * k) * w + p] = (float) (((double) high[at] + low[at]) / (terms * scale * scale));
            means[(3 * k + 1) * w + p] = (float) ((total - first[at]) / (terms * scale));
            means[(3 * k + 2) * w + p] = (float) ((total - ends) / (terms * scale));
        }
    }
    if (samples & 1) {
        remaining[p] = total - history[from];
    }
}

/*
 * Sums over the good pixels of a cell: one group of 64 for each cell (x) and lag (y).
 * sums [lag][cell][product, later, earlier, normalised product less 1, its square]
 */
KERNEL multitau_cells(GLOBAL const float *means, GLOBAL const int *bad, GLOBAL const int *cell_from,
        GLOBAL const int *cell_to, GLOBAL double *sums, const int n, const int cells, const int lags) {
    LOCAL double part[5 * 64];
    const int t = (int) LOCAL_ID_X;
    const int cell = (int) GROUP_ID_X;
    const int lag = (int) GROUP_ID_Y;
    const size_t w = n;
    double a = 0, b = 0, c = 0, d = 0, e = 0;
    if (cell < cells && lag < lags) {
        for (int p = cell_from[cell] + t; p < cell_to[cell]; p += 64) {
            if (!bad[p]) {
                const double product = means[(3 * lag) * w + p];
                const double later = means[(3 * lag + 1) * w + p];
                const double earlier = means[(3 * lag + 2) * w + p];
                const double both = later * earlier;
                const double over = product / (both == 0 ? 1e8 : both) - 1;
                a += product;
                b += later;
                c += earlier;
                d += over;
                e += over * over;
            }
        }
    }
    part[t] = a;
    part[64 + t] = b;
    part[128 + t] = c;
    part[192 + t] = d;
    part[256 + t] = e;
    BARRIER;
    for (int step = 32; step > 0; step /= 2) {
        if (t < step) {
            for (int k = 0; k < 5; k++) {
                part[64 * k + t] += part[64 * k + t + step];
            }
        }
        BARRIER;
    }
    if (t == 0 && cell < cells && lag < lags) {
        for (int k = 0; k < 5; k++) {
            sums[((size_t) lag * cells + cell) * 5 + k] = part[64 * k];
        }
    }
}
