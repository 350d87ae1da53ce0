package org.lightpipe.acquire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lightpipe.core.RawName;

/** Which file systems lie where, as {@code /proc/self/mountinfo} tells. */
final class Mounts {

    /** Others may write into these from other machines, and the kernel here is not told. */
    private static final Set<String> SHARED = Set.of(
            "nfs",
            "nfs4",
            "gpfs",
            "lustre",
            "cifs",
            "smb3",
            "smbfs",
            "afs",
            "ceph",
            "glusterfs",
            "beegfs",
            "pvfs2",
            "orangefs",
            "panfs",
            "wekafs",
            "9p",
            "virtiofs",
            "davfs",
            "ocfs2",
            "gfs2",
            "ncpfs",
            "coda");

    private static final Set<String> PASSING_INODES = Set.of("cifs", "smb3", "smbfs", "9p", "vfat", "exfat", "msdos");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    private final Map<String, String> types;

    private Mounts(Map<String, String> types) {
        this.types = types;
    }

    /** As they are now. Where there is no such file, nothing is known. */
    static Mounts now() {
        try {
            return parse(new String(Files.readAllBytes(Path.of("/proc/self/mountinfo")), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return new Mounts(Map.of());
        }
    }

    /** @param mountinfo the file, each byte a character */
    static Mounts parse(String mountinfo) {
        Map<String, String> types = new HashMap<>();
        for (String line : mountinfo.split("\n")) {
            String[] parts = line.split(" - ", 2);
            String[] left = parts[0].split(" ");
            if (parts.length == 2 && left.length > 4) {
                // A later mount lies over an earlier one.
                types.put(unescaped(left[4]), parts[1].split(" ")[0]);
            }
        }
        return new Mounts(types);
    }

    private static String unescaped(String field) {
        Matcher matcher = OCTAL.matcher(field);
        String bytes = matcher.replaceAll(
                match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 8))));
        return RawName.text(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Type of the file system that a directory lies in; empty when it is not known. */
    String type(Path directory) {
        for (Path at = directory; at != null; at = at.getParent()) {
            String type = types.get(RawName.text(at));
            if (type != null) {
                return type;
            }
        }
        return "";
    }

    /** True when inotify tells of every change there. */
    static boolean tellsOfChanges(String type) {
        return !SHARED.contains(type) && !isUser(type);
    }

    /** True when a file keeps its inode number, and no other file gets it while it is there. */
    static boolean keepsInodes(String type) {
        return !PASSING_INODES.contains(type) && !isUser(type);
    }

    private static boolean isUser(String type) {
        return type.equals("fuse") || type.equals("fuseblk") || type.startsWith("fuse.");
    }
}
