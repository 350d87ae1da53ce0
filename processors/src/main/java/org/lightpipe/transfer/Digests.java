package org.lightpipe.transfer;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.codec.digest.Blake3;
import org.lightpipe.config.Digest;

/**
 * Takes several checksums in one pass over the bytes; for one file after the other, since making them anew costs as
 * much as a small file. Not thread-safe.
 */
final class Digests {

    private final List<Taking> all;

    /** @param digests the checksums to take; SHA-256 is taken in any case */
    Digests(Set<Digest> digests) {
        all = new ArrayList<>();
        all.add(new Jdk(Digest.SHA256, "SHA-256"));
        for (Digest digest : digests) {
            switch (digest) {
                case SHA256 -> {}
                case MD5 -> all.add(new Jdk(Digest.MD5, "MD5"));
                case XXH3 -> all.add(new Xxh3());
                case BLAKE3 -> all.add(new Blake());
            }
        }
    }

    /** Takes in the next bytes of the file. */
    void update(byte[] bytes, int offset, int length) {
        for (Taking each : all) {
            each.update(bytes, offset, length);
        }
    }

    /** The checksums in lower case hexadecimal; what is taken in after it belongs to the next file. */
    Map<Digest, String> result() {
        Map<Digest, String> result = new EnumMap<>(Digest.class);
        for (Taking each : all) {
            result.put(each.digest(), each.hex());
        }
        return result;
    }

    /** Forgets what was taken in. */
    void reset() {
        all.forEach(Taking::reset);
    }

    private interface Taking {
        Digest digest();

        void update(byte[] bytes, int offset, int length);

        /** And starts again. */
        String hex();

        void reset();
    }

    private record Jdk(Digest digest, MessageDigest state) implements Taking {

        Jdk(Digest digest, String algorithm) {
            this(digest, start(algorithm));
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            state.update(bytes, offset, length);
        }

        @Override
        public String hex() {
            return HexFormat.of().formatHex(state.digest());
        }

        @Override
        public void reset() {
            state.reset();
        }

        private static MessageDigest start(String algorithm) {
            try {
                return MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has " + algorithm, e);
            }
        }
    }

    /** XXH3 with 64 bits, written as {@code xxhsum -H3} writes it: the highest byte first. */
    private static final class Xxh3 implements Taking {

        private final HashStream64 state = Hashing.xxh3_64().hashStream();

        @Override
        public Digest digest() {
            return Digest.XXH3;
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            state.putBytes(bytes, offset, length);
        }

        @Override
        public String hex() {
            String hex = HexFormat.of().toHexDigits(state.getAsLong());
            state.reset();
            return hex;
        }

        @Override
        public void reset() {
            state.reset();
        }
    }

    private static final class Blake implements Taking {

        private static final int BYTES = 32;

        private final Blake3 state = Blake3.initHash();

        @Override
        public Digest digest() {
            return Digest.BLAKE3;
        }

        @Override
        public void update(byte[] bytes, int offset, int length) {
            state.update(bytes, offset, length);
        }

        @Override
        public String hex() {
            String hex = HexFormat.of().formatHex(state.doFinalize(BYTES));
            state.reset();
            return hex;
        }

        @Override
        public void reset() {
            state.reset();
        }
    }
}
