package org.lightpipe.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.management.remote.JMXAuthenticator;
import javax.management.remote.JMXPrincipal;
import javax.security.auth.Subject;
import org.lightpipe.core.Sha256;

/**
 * Who may connect to the hub's JMX, read once from a file with one user a line: {@code user password role}, the role
 * {@code readonly} (also when left out) or {@code readwrite}; {@code #} starts a comment line.
 */
final class JmxUsers implements JMXAuthenticator {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Set<String> ROLES = Set.of("readonly", "readwrite");

    private final Map<String, User> users;
    private final byte[] nobody = digest("");

    private JmxUsers(Map<String, User> users) {
        this.users = users;
    }

    /**
     * Reads the file.
     *
     * @throws IllegalArgumentException if others than its owner may read or write it, or a line is wrong
     */
    static JmxUsers read(Path file) {
        List<String> lines;
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            String text = PosixFilePermissions.toString(permissions);
            if (!text.endsWith("------")) {
                throw new IllegalArgumentException("JMX password file " + file + " is open to others (" + text
                        + "), it must belong to its owner alone. Mend: chmod 600 " + file);
            }
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "JMX password file " + file + " cannot be read: " + e
                            + ". Mend: make it, one line per user: <user> <password> readonly|readwrite; then chmod 600 "
                            + file,
                    e);
        }
        Map<String, User> users = new LinkedHashMap<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                String place = file + ":" + number;
                String[] words = line.split("\\s+");
                // the message shows no word of the line: one of them is a password
                if (words.length < 2 || words.length > 3) {
                    throw new IllegalArgumentException(place + ": expected <user> <password> readonly|readwrite, found "
                            + words.length + " words");
                }
                if (!NAME.matcher(words[0]).matches()) {
                    throw new IllegalArgumentException(
                            place + ": a user's name is made of letters, digits, '.', '_', '@' and '-'");
                }
                String role = words.length == 3 ? words[2] : "readonly";
                if (!ROLES.contains(role)) {
                    throw new IllegalArgumentException(place + ": the third word must be readonly or readwrite");
                }
                if (users.put(words[0], new User(digest(words[1]), role)) != null) {
                    throw new IllegalArgumentException(place + ": the user " + words[0] + " is there twice");
                }
            }
        }
        if (users.isEmpty()) {
            throw new IllegalArgumentException("JMX password file " + file
                    + " names no user. Mend: add a line <user> <password> readonly|readwrite");
        }
        return new JmxUsers(users);
    }

    /** Lines {@code user role}, in the form that the JDK's own access control of JMX reads. */
    List<String> accessLines() {
        List<String> lines = new ArrayList<>();
        users.forEach((name, user) -> lines.add(name + " " + user.role));
        return lines;
    }

    @Override
    public Subject authenticate(Object credentials) {
        if (!(credentials instanceof String[] words) || words.length != 2 || words[0] == null || words[1] == null) {
            throw new SecurityException("Authentication failed: a user and a password are needed");
        }
        User user = users.get(words[0]);
        // the same work for an unknown user, so that the time tells nothing
        boolean same = MessageDigest.isEqual(digest(words[1]), user == null ? nobody : user.password);
        if (user == null || !same) {
            throw new SecurityException("Authentication failed: wrong user or password");
        }
        return new Subject(true, Set.of(new JMXPrincipal(words[0])), Collections.emptySet(), Collections.emptySet());
    }

    private static byte[] digest(String password) {
        return Sha256.start().digest(password.getBytes(StandardCharsets.UTF_8));
    }

    private record User(byte[] password, String role) {}
}
