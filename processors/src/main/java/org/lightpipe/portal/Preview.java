package org.lightpipe.portal;

/**
 * A picture of a dataset.
 *
 * @param png the bytes of a PNG file
 * @param digest their SHA-256, in hexadecimal
 */
public record Preview(byte[] png, String digest) {}
