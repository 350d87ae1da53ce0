/*
 * Fourier transforms of powers of two, after Stockham: each step of radix q reads values that lie a q-th of the length
 * apart and writes them where the next step finds them in order, so that nothing has to be reordered at the end.
 *
 * A group of 256 work items holds 2048 values in LOCAL memory, eight for each item: one transform of 2048, two of 1024,
 * and so on. Longer transforms are two passes over GLOBAL memory, each a step of a large radix that is itself done as a
 * transform in LOCAL memory.
 */

#define ITEMS 256
#define VALUES 8
#define LOG_TILE 11
/* one value is left out after 16, so that values 8, 16, ... apart lie in different banks */
#define AT(index) ((index) + ((index) >> 4))
#define HALF_ROOT 0.70710678118654752f

DEVICE float2 plus(const float2 a, const float2 b) {
    return FLOAT2(a.x + b.x, a.y + b.y);
}

DEVICE float2 minus(const float2 a, const float2 b) {
    return FLOAT2(a.x - b.x, a.y - b.y);
}

DEVICE float2 times(const float2 a, const float2 b) {
    return FLOAT2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

/* times exp(sign * i * pi / 2) */
DEVICE float2 quarter(const float2 a, const float sign) {
    return FLOAT2(-sign * a.y, sign * a.x);
}

/* exp(sign * 2 pi i * index / length), from a table of the cosines and sines for sign = 1 */
DEVICE float2 root(GLOBAL const float2 *table, const int index, const float sign) {
    const float2 value = table[index];
    return FLOAT2(value.x, sign * value.y);
}

#define BUTTERFLY(a, b)           \
    {                             \
        const float2 upper = (a); \
        (a) = plus(upper, (b));   \
        (b) = minus(upper, (b));  \
    }

/* Four values; the result is in the order 0, 2, 1, 3. */
#define TRANSFORM4(a, b, c, d) \
    {                          \
        BUTTERFLY(a, c)        \
        BUTTERFLY(b, d)        \
        d = quarter(d, sign);  \
        BUTTERFLY(a, b)        \
        BUTTERFLY(c, d)        \
    }

/*
 * Transforms lines of 2 to 2048 values. A line is numbered block * 2^logLines + i; its value r is at
 * from[fromStart + block * 2^logBlock + i + r * 2^logIn], and goes to
 * to[toStart + block * 2^logBlock + i * 2^logOutLine + r * 2^logOut].
 *
 * logLength: of the lines
 * logTable: of the table, at least as long as the lines
 * turned: 1 to multiply value r of line i with the root i * r of the table first
 * sign: -1 forward, 1 inverse
 * lines: how many there are
 */
KERNEL fft_lines(
        GLOBAL const float2 *from,
        GLOBAL float2 *to,
        GLOBAL const float2 *RESTRICT table,
        const int logLength,
        const int logTable,
        const int logBlock,
        const int logLines,
        const int logIn,
        const int logOutLine,
        const int logOut,
        const int turned,
        const float sign,
        const ulong fromStart,
        const ulong toStart,
        const ulong lines) {
    LOCAL float2 tile[AT(1 << LOG_TILE)];
    float2 v[VALUES];
    const int item = (int) LOCAL_ID_X;
    const int logCount = LOG_TILE - logLength;
    const int lastValue = (1 << logLength) - 1;
    const int lastLine = (1 << logCount) - 1;
    const ulong first = (ulong) GROUP_ID_X << logCount;
    const ulong lineMask = ((ulong) 1 << logLines) - 1;
    /* neighbours in memory are lines side by side, or the values of one line: items follow them */
    const int sideBySide = logIn > 0;
    const int logLine = sideBySide ? 0 : logLength;
    const int logValue = sideBySide ? logCount : 0;

    for (int u = 0; u < VALUES; u++) {
        const int e = item + u * ITEMS;
        const int c = sideBySide ? e & lastLine : e >> logLength;
        const int r = sideBySide ? e >> logCount : e & lastValue;
        const ulong line = first + (ulong) c;
        float2 value = FLOAT2(0.0f, 0.0f);
        if (line < lines) {
            const ulong i = line & lineMask;
            value = from[fromStart + ((line >> logLines) << logBlock) + i + ((ulong) r << logIn)];
            if (turned) {
                value = times(value, root(table, (int) i * r, sign));
            }
        }
        tile[AT(e)] = value;
    }
    BARRIER;

    /* logDone: of the product of the radices so far */
    int logDone = 0;
    for (; logLength - logDone >= 3; logDone += 3) {
        const int c = sideBySide ? item & lastLine : item >> (logLength - 3);
        const int i = sideBySide ? item >> logCount : item & (lastValue >> 3);
        const int k = i & ((1 << logDone) - 1);
        const int base = c << logLine;
        const int step = 1 << (logLength - 3);
        for (int r = 0; r < 8; r++) {
            v[r] = tile[AT(base + ((i + r * step) << logValue))];
        }
        for (int r = 1; r < 8; r++) {
            v[r] = times(v[r], root(table, (k * r) << (logTable - logDone - 3), sign));
        }
        BUTTERFLY(v[0], v[4])
        BUTTERFLY(v[1], v[5])
        BUTTERFLY(v[2], v[6])
        BUTTERFLY(v[3], v[7])
        v[5] = times(v[5], FLOAT2(HALF_ROOT, sign * HALF_ROOT));
        v[6] = quarter(v[6], sign);
        v[7] = times(v[7], FLOAT2(-HALF_ROOT, sign * HALF_ROOT));
        TRANSFORM4(v[0], v[1], v[2], v[3])
        TRANSFORM4(v[4], v[5], v[6], v[7])
        BARRIER;
        const int out = ((i - k) << 3) + k;
        tile[AT(base + (out << logValue))] = v[0];
        tile[AT(base + ((out + (1 << logDone)) << logValue))] = v[4];
        tile[AT(base + ((out + (2 << logDone)) << logValue))] = v[2];
        tile[AT(base + ((out + (3 << logDone)) << logValue))] = v[6];
        tile[AT(base + ((out + (4 << logDone)) << logValue))] = v[1];
        tile[AT(base + ((out + (5 << logDone)) << logValue))] = v[5];
        tile[AT(base + ((out + (6 << logDone)) << logValue))] = v[3];
        tile[AT(base + ((out + (7 << logDone)) << logValue))] = v[7];
        BARRIER;
    }
    if (logLength - logDone == 2) {
        for (int u = 0; u < 2; u++) {
            const int m = item + u * ITEMS;
            const int c = sideBySide ? m & lastLine : m >> (logLength - 2);
            const int i = sideBySide ? m >> logCount : m & (lastValue >> 2);
            for (int r = 0; r < 4; r++) {
                const float2 value = tile[AT((c << logLine) + ((i + (r << (logLength - 2))) << logValue))];
                /* the last step: k is i */
                v[4 * u + r] = times(value, root(table, (i * r) << (logTable - logLength), sign));
            }
        }
        TRANSFORM4(v[0], v[1], v[2], v[3])
        TRANSFORM4(v[4], v[5], v[6], v[7])
        BARRIER;
        for (int u = 0; u < 2; u++) {
            const int m = item + u * ITEMS;
            const int c = sideBySide ? m & lastLine : m >> (logLength - 2);
            const int i = sideBySide ? m >> logCount : m & (lastValue >> 2);
            for (int r = 0; r < 4; r++) {
                const int swapped = ((r & 1) << 1) + (r >> 1);
                tile[AT((c << logLine) + ((i + (r << (logLength - 2))) << logValue))] = v[4 * u + swapped];
            }
        }
        BARRIER;
    } else if (logLength - logDone == 1) {
        for (int u = 0; u < 4; u++) {
            const int m = item + u * ITEMS;
            const int c = sideBySide ? m & lastLine : m >> (logLength - 1);
            const int i = sideBySide ? m >> logCount : m & (lastValue >> 1);
            const int apart = 1 << (logLength - 1);
            v[2 * u] = tile[AT((c << logLine) + (i << logValue))];
            v[2 * u + 1] = times(
                    tile[AT((c << logLine) + ((i + apart) << logValue))], root(table, i << (logTable - logLength), sign));
            BUTTERFLY(v[2 * u], v[2 * u + 1])
        }
        BARRIER;
        for (int u = 0; u < 4; u++) {
            const int m = item + u * ITEMS;
            const int c = sideBySide ? m & lastLine : m >> (logLength - 1);
            const int i = sideBySide ? m >> logCount : m & (lastValue >> 1);
            const int apart = 1 << (logLength - 1);
            tile[AT((c << logLine) + (i << logValue))] = v[2 * u];
            tile[AT((c << logLine) + ((i + apart) << logValue))] = v[2 * u + 1];
        }
        BARRIER;
    }

    const int outSideBySide = logOut > 0;
    for (int u = 0; u < VALUES; u++) {
        const int e = item + u * ITEMS;
        const int c = outSideBySide ? e & lastLine : e >> logLength;
        const int r = outSideBySide ? e >> logCount : e & lastValue;
        const ulong line = first + (ulong) c;
        if (line < lines) {
            const ulong i = line & lineMask;
            to[toStart + ((line >> logLines) << logBlock) + (i << logOutLine) + ((ulong) r << logOut)] =
                    tile[AT((c << logLine) + (r << logValue))];
        }
    }
}

#define LOG_SIDE 4
#define SIDE (1 << LOG_SIDE)

/*
 * Swaps rows and columns of square images in place: a group swaps two tiles of 16 x 16 that mirror each other.
 *
 * logLength: of a side
 * logTiles: of the tiles of a side, 0 if it is shorter than a tile
 */
KERNEL fft_transpose(GLOBAL float2 *data, const int logLength, const int logTiles) {
    LOCAL float2 tile[SIDE * (SIDE + 1)];
    LOCAL float2 mirrored[SIDE * (SIDE + 1)];
    const int lastTile = (1 << logTiles) - 1;
    const ulong group = GROUP_ID_X;
    const int tileX = (int) group & lastTile;
    const int tileY = (int) (group >> logTiles) & lastTile;
    const ulong image = (group >> (2 * logTiles)) << (2 * logLength);
    const int x = (int) LOCAL_ID_X & (SIDE - 1);
    const int y = (int) LOCAL_ID_X >> LOG_SIDE;
    const int length = 1 << logLength;
    /* of each pair of tiles one group does the work; on the diagonal both are the same */
    const int active = tileX >= tileY && x < length && y < length;
    const ulong here = image + ((ulong) (tileY * SIDE + y) << logLength) + tileX * SIDE + x;
    const ulong there = image + ((ulong) (tileX * SIDE + y) << logLength) + tileY * SIDE + x;
    if (active) {
        tile[y * (SIDE + 1) + x] = data[here];
        mirrored[y * (SIDE + 1) + x] = data[there];
    }
    BARRIER;
    if (active) {
        data[here] = mirrored[x * (SIDE + 1) + y];
        data[there] = tile[x * (SIDE + 1) + y];
    }
}
