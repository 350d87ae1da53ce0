/* A second source with a kernel of the same name as one of the first. */

KERNEL scale(GLOBAL float *values, const float factor, const int count) {
    const size_t i = GLOBAL_ID_X;
    if (i < count) {
        values[i] = values[i] * factor + 1.0f;
    }
}
