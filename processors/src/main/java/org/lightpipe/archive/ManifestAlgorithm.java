package org.lightpipe.archive;

import java.security.MessageDigest;

/** Digest algorithms of a BagIt manifest. */
enum ManifestAlgorithm {
    SHA256("sha256", "SHA-256"),
    SHA512("sha512", "SHA-512");

    private final String label;
    private final String java;

    ManifestAlgorithm(String label, String java) {
        this.label = label;
        this.java = java;
    }

    /** Its name in file names of a bag and in configuration. */
    String label() {
        return label;
    }

    MessageDigest digest() {
        return Digests.of(java);
    }

    /**
     * The algorithm of that label.
     *
     * @throws IllegalArgumentException when there is none
     */
    static ManifestAlgorithm of(String label) {
        for (ManifestAlgorithm algorithm : values()) {
            if (algorithm.label.equals(label)) {
                return algorithm;
            }
        }
        throw new IllegalArgumentException("'" + label + "' is neither sha256 nor sha512");
    }
}
