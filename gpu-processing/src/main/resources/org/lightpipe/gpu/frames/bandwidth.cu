/* How fast the memory of a device is: reads two arrays and writes one. */

KERNEL triad(GLOBAL const float *RESTRICT left, GLOBAL const float *RESTRICT right, GLOBAL float *RESTRICT sum,
        const float factor, const int count) {
    const size_t i = GLOBAL_ID_X;
    if (i < (size_t) count) {
        sum[i] = left[i] + factor * right[i];
    }
}
