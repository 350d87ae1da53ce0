package org.lightpipe.verify;

/**
 * What is wrong with a file in storage.
 *
 * @param kind what it is
 * @param detail in words
 */
record Problem(Kind kind, String detail) {

    enum Kind {
        /** There is no such file. */
        MISSING,
        /** It has another number of bytes. */
        SIZE,
        /** It has other bytes. */
        DIGEST,
        /** It is there and cannot be read. */
        UNREADABLE,
        /** Nothing of the experiment could be compared: its storage, or its directory there, cannot be reached. */
        ABSENT
    }
}
