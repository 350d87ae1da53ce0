package org.lightpipe.sftp;

import java.io.ByteArrayOutputStream;
import org.lightpipe.core.RawName;

/** Paths of the far side, as the bytes that go over the wire. */
public final class FarPath {

    private final String root;

    /** @param root path of the root; empty for the directory in which a login begins */
    public FarPath(String root) {
        this.root = root;
    }

    /**
     * A path below the root.
     *
     * @param relative parts with '/' between them, as the catalog has them; empty for the root itself
     * @throws IllegalArgumentException when it leads out of the root
     */
    public byte[] of(String relative) {
        for (String part : relative.isEmpty() ? new String[0] : relative.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'" + relative + "' leads out of the storage or is not a path");
            }
        }
        if (root.isEmpty()) {
            return RawName.bytes(relative.isEmpty() ? "." : relative);
        }
        return RawName.bytes(relative.isEmpty() ? root : root.endsWith("/") ? root + relative : root + "/" + relative);
    }

    /** The same path seen from the root of the far side, when the directory of the login is known. */
    static byte[] absolute(byte[] home, byte[] path) {
        if (path.length > 0 && path[0] == '/') {
            return path.clone();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(home.length + path.length + 1);
        bytes.writeBytes(home);
        if (home.length == 0 || home[home.length - 1] != '/') {
            bytes.write('/');
        }
        bytes.writeBytes(path);
        return bytes.toByteArray();
    }
}
