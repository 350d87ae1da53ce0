/*
 * Bitshuffle with LZ4: what comes out of many blocks of many chunks at once.
 *
 * lz4       one work item for each block; a block whose length is negative is copied as it is
 * unshuffle eight elements for each work item (x) of each block (y)
 *
 * stored    the compressed chunks; starts and lengths are those of the blocks in it
 * targets   where each block comes out, in bytes; sizes the bytes that come out
 */

KERNEL lz4(GLOBAL const uchar *RESTRICT stored, GLOBAL const int *RESTRICT starts, GLOBAL const int *RESTRICT lengths,
        GLOBAL const int *RESTRICT targets, GLOBAL const int *RESTRICT sizes, GLOBAL uchar *RESTRICT planes,
        GLOBAL int *RESTRICT failed, const int blocks) {
    const int block = (int) GLOBAL_ID_X;
    if (block >= blocks) {
        return;
    }
    int in = starts[block];
    const int length = lengths[block];
    const int end = in + (length < 0 ? -length : length);
    const int first = targets[block];
    int out = first;
    const int full = first + sizes[block];
    int good = 1;
    if (length < 0) {
        while (in < end && out < full) {
            planes[out++] = stored[in++];
        }
    }
    while (good && length > 0 && in < end) {
        const int token = stored[in++];
        int literals = token >> 4;
        if (literals == 15) {
            int more = 255;
            while (more == 255 && in < end) {
                more = stored[in++];
                literals += more;
            }
        }
        if (literals > end - in || literals > full - out) {
            good = 0;
            break;
        }
        for (int i = 0; i < literals; i++) {
            planes[out++] = stored[in++];
        }
        if (in >= end) {
            break;
        }
        if (end - in < 2) {
            good = 0;
            break;
        }
        const int distance = stored[in] + 256 * stored[in + 1];
        in += 2;
        int match = (token & 15) + 4;
        if ((token & 15) == 15) {
            int more = 255;
            while (more == 255 && in < end) {
                more = stored[in++];
                match += more;
            }
        }
        if (distance == 0 || distance > out - first || match > full - out) {
            good = 0;
            break;
        }
        for (int i = 0; i < match; i++) {
            planes[out] = planes[out - distance];
            out++;
        }
    }
    if (!good || out != full) {
        ATOMIC_ADD_INT(failed, 1);
    }
}

KERNEL unshuffle(GLOBAL const uchar *RESTRICT planes, GLOBAL const int *RESTRICT lengths,
        GLOBAL const int *RESTRICT targets, GLOBAL const int *RESTRICT sizes, GLOBAL uchar *RESTRICT values,
        const int blocks, const int size) {
    const int group = (int) GLOBAL_ID_X;
    const int block = (int) GLOBAL_ID_Y;
    if (block >= blocks) {
        return;
    }
    const int elements = sizes[block] / size;
    const int stride = elements / 8;
    GLOBAL const uchar *from = planes + targets[block];
    GLOBAL uchar *to = values + targets[block];
    if (lengths[block] < 0) {
        if (group == 0) {
            for (int i = 0; i < sizes[block]; i++) {
                to[i] = from[i];
            }
        }
        return;
    }
    if (group >= stride) {
        return;
    }
    for (int j = 0; j < size; j++) {
        ulong bits = 0;
        for (int bit = 0; bit < 8; bit++) {
            bits |= (ulong) from[(8 * j + bit) * stride + group] << (8 * bit);
        }
        ulong swap = (bits ^ (bits >> 7)) & 0x00aa00aa00aa00aaUL;
        bits ^= swap ^ (swap << 7);
        swap = (bits ^ (bits >> 14)) & 0x0000cccc0000ccccUL;
        bits ^= swap ^ (swap << 14);
        swap = (bits ^ (bits >> 28)) & 0x00000000f0f0f0f0UL;
        bits ^= swap ^ (swap << 28);
        for (int i = 0; i < 8; i++) {
            to[(8 * group + i) * size + j] = (uchar) (bits >> (8 * i));
        }
    }
}
