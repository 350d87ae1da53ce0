package org.lightpipe.storage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.lightpipe.core.RawName;
import org.lightpipe.os.Accounts;
import org.lightpipe.os.Held;
import org.lightpipe.os.PosixAcl;

/**
 * Goes through a tree and compares who may do what with how it should be; mends it if that is asked for, and reads back
 * what it set. Every directory and file is held while it is looked at and changed, so that symbolic links, of which none
 * is followed, cannot lead anywhere else, whoever puts them there meanwhile. Memory grows with depth only. Not
 * thread-safe.
 */
public final class PermissionWalk {

    private static final int DEPTH = 200;
    private static final int OTHERS_PASS = 0001;
    private static final String NOT_CHANGED = "; it was not changed";

    private final AccessRule rule;
    private final boolean mend;
    private final Report report;

    /** Takes what is found. */
    public interface Report {
        /** One more was looked at. @return false to stop here */
        boolean seen();

        /** Something is not as it should be, and was not mended. */
        void wrong(Deviation deviation);

        /** A directory above the tree, through which only its owner and its group get to it. */
        void closed(String path, String mode);

        /** Something was not as it should be, and is now. */
        void mended(Deviation deviation);
    }

    /** Whoever asked for the walk has stopped it. */
    public static final class StoppedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** @param mend whether what is not right is set right */
    public PermissionWalk(AccessRule rule, boolean mend, Report report) {
        this.rule = rule;
        this.mend = mend;
        this.report = report;
    }

    /**
     * Goes through a directory and all below it, but not what is above.
     *
     * @param root a directory above it
     * @param path path of that, for the report
     * @param parts the names that lead from there to the directory; none of them may be a symbolic link
     * @throws NoSuchFileException when there is no such directory
     */
    public void below(Held root, String path, List<String> parts) throws IOException, StoppedException {
        if (parts.isEmpty()) {
            walk(root, path);
            return;
        }
        String next = path + "/" + parts.get(0);
        int mode = root.status().mode();
        if ((mode & OTHERS_PASS) == 0) {
            report.closed(path, octal(mode));
        }
        try (Held child = root.child(Path.of(parts.get(0)))) {
            if (!child.status().isDirectory()) {
                throw new IOException(next + " is not a directory");
            }
            below(child, next, parts.subList(1, parts.size()));
        }
    }

    /**
     * Goes through a directory and all below it.
     *
     * @param path its path, for the report
     */
    public void walk(Held directory, String path) throws IOException, StoppedException {
        walk(directory, path, 0);
    }

    private void walk(Held held, String path, int depth) throws IOException, StoppedException {
        Held.Status status = held.status();
        if (!status.isDirectory() && !status.isRegularFile()) {
            return;
        }
        if (!report.seen()) {
            throw new StoppedException();
        }
        look(held, status, path);
        if (!status.isDirectory()) {
            return;
        }
        if (depth >= DEPTH) {
            report.wrong(new Deviation(
                    path,
                    "depth",
                    "deeper than " + DEPTH,
                    "less deep",
                    Optional.of("what is in it was not looked at")));
            return;
        }
        try (DirectoryStream<Path> names = held.list()) {
            for (Path name : names) {
                child(held, name.getFileName(), path, depth);
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NoSuchFileException e) {
            // it was removed meanwhile
        } catch (IOException e) {
            report.wrong(new Deviation(path, "list", "cannot be read", "readable", Optional.of(words(e))));
        }
    }

    private void child(Held directory, Path name, String path, int depth) throws IOException, StoppedException {
        String shown = path + "/" + RawName.shown(RawName.text(name));
        if (isOnItsWay(name.toString())) {
            return;
        }
        try (Held child = directory.child(name)) {
            walk(child, shown, depth + 1);
        } catch (NoSuchFileException e) {
            // it was removed or renamed meanwhile
        }
    }

    /** A copy that is being written gets its mode when it gets its name. */
    private static boolean isOnItsWay(String name) {
        return TemporaryName.isOne(name);
    }

    private void look(Held held, Held.Status status, String path) throws IOException {
        List<Deviation> wrong;
        try {
            wrong = deviations(held, status, path);
        } catch (NoSuchFileException e) {
            return;
        }
        if (wrong.isEmpty()) {
            return;
        }
        if (status.isRegularFile() && status.links() > 1 && !rule.severalNames()) {
            // The other names may be anywhere: whoever made this one must not have the hub change that file.
            report.wrong(new Deviation(
                    path,
                    "names",
                    status.links() + " names",
                    "one name",
                    mend ? Optional.of("another name of it may be somewhere else" + NOT_CHANGED) : Optional.empty()));
            return;
        }
        if (!mend) {
            wrong.forEach(report::wrong);
            return;
        }
        Optional<String> trouble = Optional.empty();
        try {
            set(held, status);
        } catch (IOException e) {
            trouble = Optional.of(words(e));
        }
        List<Deviation> left = deviations(held, held.status(), path);
        for (Deviation one : wrong) {
            if (left.stream().noneMatch(other -> other.what().equals(one.what()))) {
                report.mended(one);
            }
        }
        String why = trouble.orElse("the file system took the change and did not keep it");
        left.forEach(one -> report.wrong(
                new Deviation(one.path(), one.what(), one.is(), one.should(), Optional.of(hint(why, one)))));
    }

    private String hint(String why, Deviation deviation) {
        if (!why.contains("not permitted")) {
            return why;
        }
        return why
                + ("group".equals(deviation.what())
                        ? ": only root, or the file's owner if a member of the group, may do this"
                        : ": only root and the file's owner may do this");
    }

    private void set(Held held, Held.Status status) throws IOException {
        boolean directory = status.isDirectory();
        if (!rule.isGroupRight(directory, status.gid())) {
            held.setGroup(rule.group().orElseThrow());
        }
        int mode = rule.mode(directory, status.mode());
        if (rule.users().isPresent()) {
            Optional<PosixAcl> access = wanted(mode, held.acl(false));
            if (access.isEmpty()) {
                held.setAcl(false, access);
            }
            held.setMode(mode);
            if (access.isPresent()) {
                held.setAcl(false, access);
            }
            if (directory) {
                held.setAcl(true, wanted(rule.directoryMode(), held.acl(true)));
            }
        } else {
            held.setMode(mode);
        }
        if (held.status().mode() != mode) {
            // A change of group or list clears setgid where whoever makes it is not a member of the group.
            held.setMode(mode);
        }
    }

    private List<Deviation> deviations(Held held, Held.Status status, String path) throws IOException {
        boolean directory = status.isDirectory();
        List<Deviation> wrong = new ArrayList<>();
        if (!rule.isGroupRight(directory, status.gid())) {
            wrong.add(deviation(
                    path,
                    "group",
                    Accounts.groupName(status.gid()),
                    Accounts.groupName(rule.group().orElseThrow())));
        }
        int mode = rule.mode(directory, status.mode());
        if (status.mode() != mode) {
            wrong.add(deviation(path, "mode", octal(status.mode()), octal(mode)));
        }
        if (rule.users().isPresent()) {
            Optional<PosixAcl> access = held.acl(false);
            if (!isSame(access, wanted(mode, access), mode)) {
                wrong.add(deviation(path, "access", text(access), text(wanted(mode, access))));
            }
            if (directory) {
                Optional<PosixAcl> defaults = held.acl(true);
                Optional<PosixAcl> should = wanted(rule.directoryMode(), defaults);
                if (!defaults.equals(should)) {
                    wrong.add(deviation(path, "default access", text(defaults), text(should)));
                }
            }
        }
        return wrong;
    }

    private static Deviation deviation(String path, String what, String is, String should) {
        return new Deviation(path, what, is, should, Optional.empty());
    }

    /** The list for a mode: entries of groups that are there stay, of users only those of the experiment. */
    private Optional<PosixAcl> wanted(int mode, Optional<PosixAcl> now) {
        int group = mode >> 3 & 7;
        SortedMap<Integer, Integer> users = new TreeMap<>();
        rule.users().orElse(Set.of()).forEach(uid -> users.put(uid, group));
        SortedMap<Integer, Integer> groups = now.map(PosixAcl::groups).orElseGet(TreeMap::new);
        PosixAcl acl = new PosixAcl(mode >> 6 & 7, users, group, groups, OptionalInt.of(group), mode & 7);
        return acl.isExtended() ? Optional.of(acl) : Optional.empty();
    }

    /** Compares what people may really do: a file that inherits its list has more in it than its mask lets through. */
    private static boolean isSame(Optional<PosixAcl> is, Optional<PosixAcl> should, int mode) {
        if (is.isEmpty() || should.isEmpty()) {
            return is.filter(PosixAcl::isExtended).isEmpty() && should.isEmpty();
        }
        PosixAcl now = is.get();
        return now.users().keySet().equals(should.get().users().keySet())
                && now.users().values().stream().allMatch(permission -> now.effective(permission) == (mode >> 3 & 7))
                && now.effective(now.group()) == (mode >> 3 & 7);
    }

    private static String text(Optional<PosixAcl> acl) {
        return acl.map(PosixAcl::toString).orElse("none");
    }

    private static String octal(int mode) {
        return String.format("%04o", mode);
    }

    private static String words(IOException e) {
        return e instanceof java.nio.file.FileSystemException failure && failure.getReason() != null
                ? failure.getReason()
                : e instanceof java.nio.file.AccessDeniedException
                        ? "permission denied"
                        : String.valueOf(e.getMessage());
    }
}
