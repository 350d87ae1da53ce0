package org.lightpipe.workflow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The processes of this machine, as Linux shows them in {@code /proc}. */
final class ProcessTable {

    private static final Path PROC = Path.of("/proc");

    private ProcessTable() {}

    /**
     * One process.
     *
     * @param pid its id
     * @param parent id of its parent
     * @param session id of the leader of its session
     */
    record Entry(long pid, long parent, long session) {

        /** True when its environment holds a variable with just this value; false too when that cannot be read. */
        boolean hasInEnvironment(String name, String value) {
            try {
                byte[] bytes = Files.readAllBytes(PROC.resolve(pid + "/environ"));
                String environment = '\0' + new String(bytes, StandardCharsets.ISO_8859_1) + '\0';
                return environment.contains('\0' + name + '=' + value + '\0');
            } catch (IOException e) {
                return false; // it has ended, or is another user's and so none of ours
            }
        }
    }

    /** Every process that is alive; one that has ended but was not yet waited for by its parent is not. */
    static List<Entry> alive() {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                try {
                    Entry entry = parse(Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1));
                    if (entry != null) {
                        entries.add(entry);
                    }
                } catch (IOException e) {
                    // it has ended since it was listed
                }
            }
        } catch (IOException e) {
            return List.of(); // no /proc: the caller still has the process that it started
        }
        return entries;
    }

    /** {@code pid (name) state parent group session …}; the name may hold spaces and brackets. See proc(5). */
    private static Entry parse(String stat) {
        String[] rest = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
        boolean ended = rest[0].equals("Z") || rest[0].equals("X");
        return ended
                ? null
                : new Entry(
                        Long.parseLong(stat.substring(0, stat.indexOf(' '))),
                        Long.parseLong(rest[1]),
                        Long.parseLong(rest[3]));
    }
}
