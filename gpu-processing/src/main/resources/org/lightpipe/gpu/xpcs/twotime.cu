/*
 * panel[i][column + j] += Σ_p a[p][i]·b[p][j]: groups of 16 x 16, each item 4 x 4 elements. Sums of 256 products stay
 * floats, then they move to doubles.
 */
KERNEL twotime_panel(GLOBAL const float *a, GLOBAL const float *b, GLOBAL double *panel, const int pixels,
        const int length, const int columns, const int column) {
    LOCAL float tile_a[16 * 64];
    LOCAL float tile_b[16 * 64];
    const int tx = (int) LOCAL_ID_X;
    const int ty = (int) LOCAL_ID_Y;
    const int t = ty * 16 + tx;
    const int row_from = (int) GROUP_ID_Y * 64;
    const int column_from = (int) GROUP_ID_X * 64;
    double sum[16];
    float part[16];
    for (int k = 0; k < 16; k++) {
        sum[k] = 0;
        part[k] = 0;
    }
    for (int from = 0; from < pixels; from += 16) {
        for (int k = t; k < 16 * 64; k += 256) {
            const int p = from + k / 64;
            const int i = k % 64;
            const size_t line = (size_t) p * length;
            tile_a[k] = p < pixels && row_from + i < length ? a[line + row_from + i] : 0;
            tile_b[k] = p < pixels && column_from + i < length ? b[line + column_from + i] : 0;
        }
        BARRIER;
        for (int p = 0; p < 16; p++) {
            float va[4];
            float vb[4];
            for (int k = 0; k < 4; k++) {
                va[k] = tile_a[p * 64 + ty + 16 * k];
                vb[k] = tile_b[p * 64 + tx + 16 * k];
            }
            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 4; j++) {
                    part[4 * i + j] += va[i] * vb[j];
                }
            }
        }
        BARRIER;
        if ((from & 255) == 240) {
            for (int k = 0; k < 16; k++) {
                sum[k] += part[k];
                part[k] = 0;
            }
        }
    }
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            const int row = row_from + ty + 16 * i;
            const int other = column_from + tx + 16 * j;
            if (row < length && other < length) {
                panel[(size_t) row * columns + column + other] += sum[4 * i + j] + part[4 * i + j];
            }
        }
    }
}
