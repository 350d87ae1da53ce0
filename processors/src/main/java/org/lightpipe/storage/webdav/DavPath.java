package org.lightpipe.storage.webdav;

import org.lightpipe.core.RawName;

/** Paths below the root of a storage as they stand in a URI. */
final class DavPath {

    private static final String PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private DavPath() {}

    /**
     * Percent-encoded, but for the slashes.
     *
     * @param path relative, with '/' between its parts; empty for the root
     * @throws IllegalArgumentException when it would lead out of the root
     */
    static String encoded(String path) {
        StringBuilder text = new StringBuilder();
        if (path.isEmpty()) {
            return "";
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'" + path + "' is not a path below the root of a storage");
            }
            if (text.length() > 0) {
                text.append('/');
            }
            for (byte b : RawName.bytes(part)) {
                if (b > 0 && PLAIN.indexOf(b) >= 0) {
                    text.append((char) b);
                } else {
                    text.append('%')
                            .append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)))
                            .append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
                }
            }
        }
        return text.toString();
    }

    /** The directory that holds it; empty for the root. */
    static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }
}
