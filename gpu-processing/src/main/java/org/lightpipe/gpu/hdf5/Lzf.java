package org.lightpipe.gpu.hdf5;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** LibLZF, as h5py writes it (filter 32000). */
final class Lzf {

    private static final int WORD = Long.BYTES;
    private static final int LONGEST_LITERAL = 32;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Lzf() {}

    /** @return how many bytes came out, at most {@code room} */
    static int decode(byte[] from, int at, int length, byte[] to, int toAt, int room) {
        int in = at;
        int end = at + length;
        int out = toAt;
        int last = toAt + room;
        while (in < end) {
            int control = from[in++] & 0xff;
            if (control < LONGEST_LITERAL) {
                int run = control + 1;
                if (run > end - in || run > last - out) {
                    throw damaged();
                }
                // most runs are short: whole words are fastest, and what is too much is overwritten by what follows
                if (end - in >= LONGEST_LITERAL && last - out >= LONGEST_LITERAL) {
                    for (int i = 0; i < run; i += WORD) {
                        LONG.set(to, out + i, (long) LONG.get(from, in + i));
                    }
                } else {
                    System.arraycopy(from, in, to, out, run);
                }
                in += run;
                out += run;
            } else {
                int run = control >>> 5;
                if (run == 7) {
                    if (in == end) {
                        throw damaged();
                    }
                    run += from[in++] & 0xff;
                }
                run += 2;
                if (in == end) {
                    throw damaged();
                }
                int source = out - ((control & 0x1f) << 8 | from[in++] & 0xff) - 1;
                if (source < toAt || run > last - out) {
                    throw damaged();
                }
                repeat(to, source, out, run, last);
                out += run;
            }
        }
        return out - toAt;
    }

    /** Copies within the output, which may repeat what it writes. */
    private static void repeat(byte[] to, int source, int out, int run, int last) {
        if (out - source >= WORD && last - out >= run + WORD) {
            for (int i = 0; i < run; i += WORD) {
                LONG.set(to, out + i, (long) LONG.get(to, source + i));
            }
        } else {
            for (int i = 0; i < run; i++) {
                to[out + i] = to[source + i];
            }
        }
    }

    private static Refusal damaged() {
        return Refusal.damaged("a chunk that LZF compressed is damaged");
    }
}
