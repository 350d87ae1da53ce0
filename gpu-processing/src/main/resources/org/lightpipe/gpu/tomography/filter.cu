/*
 * The ramp filter. Two rows of an image go through one complex transform, as its real and its imaginary part: the factors
 * are real, so that they do not mix. A pair never joins two images. Pairs are counted through all of the images.
 */

/* rows [image][row][column] -> padded [pair][length], with the end values on both sides */
KERNEL pad_rows(GLOBAL const float *RESTRICT rows, GLOBAL float2 *RESTRICT padded, const int first_pair,
                const int pairs, const int rows_per_image, const int columns, const int length) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    if (x >= length || y >= pairs) {
        return;
    }
    const int pairs_per_image = (rows_per_image + 1) / 2;
    const int image = (first_pair + y) / pairs_per_image;
    const int one = (first_pair + y) % pairs_per_image * 2;
    const int two = one + 1 < rows_per_image ? one + 1 : one;
    const int place = x - (length - columns) / 2;
    const int column = place < 0 ? 0 : place < columns ? place : columns - 1;
    const size_t start = (size_t) image * rows_per_image;
    padded[(size_t) y * length + x] =
            FLOAT2(rows[(start + one) * columns + column], rows[(start + two) * columns + column]);
}

/* padded [pair][length] times factors [length / 2 + 1], which serve the negative frequencies too */
KERNEL filter_rows(GLOBAL float2 *RESTRICT padded, GLOBAL const float *RESTRICT factors, const int pairs,
                   const int length) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    if (x >= length || y >= pairs) {
        return;
    }
    const size_t at = (size_t) y * length + x;
    const float factor = factors[x <= length / 2 ? x : length - x];
    const float2 value = padded[at];
    padded[at] = FLOAT2(value.x * factor, value.y * factor);
}

/*
 * padded [pair][length] -> rows [image / interleave][row][column][image % interleave], where a row has a margin on both
 * sides that is left alone
 */
KERNEL crop_rows(GLOBAL const float2 *RESTRICT padded, GLOBAL float *RESTRICT rows, const int first_pair,
                 const int pairs, const int rows_per_image, const int columns, const int length,
                 const int interleave, const int margin) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    if (x >= columns || y >= pairs) {
        return;
    }
    const int pairs_per_image = (rows_per_image + 1) / 2;
    const int image = (first_pair + y) / pairs_per_image;
    const int one = (first_pair + y) % pairs_per_image * 2;
    const float2 value = padded[(size_t) y * length + (length - columns) / 2 + x];
    const size_t row = (size_t) (image / interleave) * rows_per_image + one;
    const int part = image % interleave;
    const size_t width = columns + 2 * margin;
    rows[(row * width + margin + x) * interleave + part] = value.x;
    if (one + 1 < rows_per_image) {
        rows[((row + 1) * width + margin + x) * interleave + part] = value.y;
    }
}
