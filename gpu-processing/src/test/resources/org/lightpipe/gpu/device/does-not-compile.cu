KERNEL wrong(GLOBAL float *values) {
    values[0] = not_declared;
}
