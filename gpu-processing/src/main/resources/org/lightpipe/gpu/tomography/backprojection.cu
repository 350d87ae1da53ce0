/*
 * Back projection, linearly interpolated. Directions are (cosine, sine) of the angle of each projection.
 */

/*
 * filtered [slice / 4][projection][1 + column + 1] of four slices each, 0 before the first and behind the last column ->
 * slices [slice][row][column]. One work item makes a pixel of four slices, which share the place and its weights.
 */
KERNEL back_project(GLOBAL const float4 *RESTRICT filtered, GLOBAL const float2 *RESTRICT directions,
                    GLOBAL float *RESTRICT slices, const float center, const int projections, const int columns,
                    const int count) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    const int first = (int) GLOBAL_ID_Z * 4;
    if (x >= columns || y >= columns || first >= count) {
        return;
    }
    const float right = (float) (x - columns / 2);
    const float up = (float) (columns - 1 - y - columns / 2);
    const float zero = center + 1.0f;
    const float behind = (float) (columns + 1);
    GLOBAL const float4 *row = filtered + (size_t) GLOBAL_ID_Z * projections * (columns + 2);
    float sum0 = 0.0f;
    float sum1 = 0.0f;
    float sum2 = 0.0f;
    float sum3 = 0.0f;
    for (int p = 0; p < projections; p++) {
        const float2 direction = directions[p];
        const float place = FMA(direction.x, right, FMA(direction.y, up, zero));
        if (place >= 0.0f && place < behind) {
            const int left = (int) place;
            const float part = place - (float) left;
            const float4 one = row[left];
            const float4 two = row[left + 1];
            sum0 += FMA(part, two.x - one.x, one.x);
            sum1 += FMA(part, two.y - one.y, one.y);
            sum2 += FMA(part, two.z - one.z, one.z);
            sum3 += FMA(part, two.w - one.w, one.w);
        }
        row += columns + 2;
    }
    const size_t pixels = (size_t) columns * columns;
    GLOBAL float *pixel = slices + first * pixels + (size_t) y * columns + x;
    pixel[0] = sum0;
    if (first + 1 < count) {
        pixel[pixels] = sum1;
    }
    if (first + 2 < count) {
        pixel[2 * pixels] = sum2;
    }
    if (first + 3 < count) {
        pixel[3 * pixels] = sum3;
    }
}

/* Places so far outside of an image count as its border, in pixels. */
#define EDGE 1e-3f

/*
 * Laminography: adds filtered [projection][row][column] to volume [slice][row][column]. The axis leans: (x, y, z) from its
 * middle is seen at column x cos + y sin + centre and row (x sin - y cos) cos_tilt + z sin_tilt + middle.
 */
KERNEL back_project_tilted(GLOBAL const float *RESTRICT filtered, GLOBAL const float2 *RESTRICT directions,
                           GLOBAL float *RESTRICT volume, const float center, const float cos_tilt,
                           const float sin_tilt, const int first_projection, const int projections, const int rows,
                           const int columns, const int first_slice, const int count) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    const int z = (int) GLOBAL_ID_Z;
    if (x >= columns || y >= columns || z >= count) {
        return;
    }
    const float right = (float) (x - columns / 2);
    const float up = (float) (columns - 1 - y - columns / 2);
    const float height = FMA(sin_tilt, (float) (first_slice + z - rows / 2), (float) (rows / 2));
    const float last_column = (float) (columns - 1);
    const float last_row = (float) (rows - 1);
    GLOBAL const float *image = filtered;
    float sum = 0.0f;
    for (int p = 0; p < projections; p++) {
        const float2 direction = directions[first_projection + p];
        const float u = FMA(direction.x, right, FMA(direction.y, up, center));
        const float v = FMA(cos_tilt, FMA(direction.y, right, -direction.x * up), height);
        if (u >= -EDGE && u <= last_column + EDGE && v >= -EDGE && v <= last_row + EDGE) {
            int left = (int) u;
            left = left < columns - 2 ? left : columns - 2;
            int top = (int) v;
            top = top < rows - 2 ? top : rows - 2;
            const float part = u - (float) left;
            GLOBAL const float *pixel = image + (size_t) top * columns + left;
            const float upper = FMA(part, pixel[1] - pixel[0], pixel[0]);
            const float lower = FMA(part, pixel[columns + 1] - pixel[columns], pixel[columns]);
            sum += FMA(v - (float) top, lower - upper, upper);
        }
        image += (size_t) rows * columns;
    }
    volume[((size_t) z * columns + y) * columns + x] += sum;
}
