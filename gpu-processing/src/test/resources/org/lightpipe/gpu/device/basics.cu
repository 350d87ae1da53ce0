/* One kernel for each part of the interface. */

KERNEL scale(GLOBAL float *values, const float factor, const int count) {
    const size_t i = GLOBAL_ID_X;
    if (i < count) {
        values[i] *= factor;
    }
}

/* the number of each place, as it lies in memory */
KERNEL places(GLOBAL int *numbers, const int width, const int height, const int depth) {
    const int x = (int) GLOBAL_ID_X;
    const int y = (int) GLOBAL_ID_Y;
    const int z = (int) GLOBAL_ID_Z;
    if (x < width && y < height && z < depth) {
        ATOMIC_ADD_INT(&numbers[(z * height + y) * width + x], (z * height + y) * width + x);
    }
}

/* every type of argument */
KERNEL sum_of_all(
        GLOBAL float *result, const int a, const float b, const double c, const ulong d, GLOBAL const float *e) {
    if (GLOBAL_ID_X == 0) {
        const double high = (double) (d >> 32);
        result[0] = (float) ((double) a + (double) b + c + high + (double) e[0]);
    }
}

/* sums of groups of 256, through LOCAL memory */
KERNEL group_sums(GLOBAL const int *values, GLOBAL int *sums, GLOBAL int *largest, const int count) {
    LOCAL int part[256];
    const size_t i = GLOBAL_ID_X;
    const int item = (int) LOCAL_ID_X;
    part[item] = i < count ? values[i] : 0;
    BARRIER;
    for (int span = 128; span > 0; span >>= 1) {
        if (item < span) {
            part[item] += part[item + span];
        }
        BARRIER;
    }
    if (item == 0) {
        sums[GROUP_ID_X] = part[0];
        ATOMIC_MAX_INT(largest, part[0]);
    }
}

DEVICE float logistic(const float x, const int steps) {
    float value = x;
    for (int i = 0; i < steps; i++) {
        value = 3.7f * value * (1.0f - value);
    }
    return value;
}

/* takes long */
KERNEL iterate(GLOBAL float *values, const int steps, const int count) {
    const size_t i = GLOBAL_ID_X;
    if (i < count) {
        values[i] = logistic(values[i], steps);
    }
}

/* the functions that have two names */
KERNEL functions(GLOBAL const float *in, GLOBAL float *out) {
    const float x = in[0];
    if (GLOBAL_ID_X == 0) {
        float sine;
        float cosine;
        SINCOS(x, sine, cosine);
        const float2 pair = FLOAT2(sine, cosine);
        const float4 four = FLOAT4(SQRT(x), FLOOR(x), CEIL(x), RINT(x));
        const double2 wide = DOUBLE2(sqrt((double) x), 1.0);
        out[0] = pair.x;
        out[1] = pair.y;
        out[2] = four.x;
        out[3] = four.y;
        out[4] = four.z;
        out[5] = four.w;
        out[6] = (float) wide.x;
        out[7] = EXP(x);
        out[8] = LOG(x);
        out[9] = POW(x, 3.0f);
        out[10] = ATAN2(x, 2.0f);
        out[11] = FMA(x, 2.0f, 1.0f);
        out[12] = FMIN(x, 1.0f) + FMAX(x, 1.0f) + FABS(-x);
        out[13] = IS_FINITE(x) ? 1.0f : 0.0f;
        out[14] = IS_FINITE(x / (x - x)) ? 1.0f : 0.0f;
        out[15] = FLOAT_OF(BITS_OF(x) & 0x7fffffffu);
    }
}
