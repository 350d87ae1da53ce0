package org.lightpipe.sftp;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * How to reach a server and to log in.
 *
 * @param host name or address
 * @param port TCP port
 * @param user name of the account
 * @param credentials what proves that we are that user
 * @param hostKeys what proves that it is that server
 * @param options further options of the SSH library by their names there, such as {@code cipher.c2s}
 * @param timeouts how long to wait
 */
public record SftpAccess(
        String host,
        int port,
        String user,
        Credentials credentials,
        HostKeys hostKeys,
        Map<String, String> options,
        Timeouts timeouts) {

    public SftpAccess {
        options = Map.copyOf(options);
    }

    /**
     * What proves that we are the user.
     *
     * @param password for password and keyboard-interactive authentication
     * @param privateKeyFile path of a private key
     * @param privateKey a private key itself
     * @param passphrase of the private key
     */
    public record Credentials(
            Optional<String> password,
            Optional<String> privateKeyFile,
            Optional<byte[]> privateKey,
            Optional<String> passphrase) {

        /** Secrets stay out of logs. */
        @Override
        public String toString() {
            return "Credentials[" + privateKeyFile.map(file -> "key " + file).orElse("…") + "]";
        }
    }

    /**
     * What proves that it is the server.
     *
     * @param knownHostsFile file of known hosts
     * @param knownHosts its content itself
     * @param strictChecking {@code yes}, {@code no} or {@code ask}, which counts as {@code yes} for a key not yet known
     */
    public record HostKeys(Optional<String> knownHostsFile, Optional<byte[]> knownHosts, String strictChecking) {}

    /**
     * How long to wait.
     *
     * @param connect for the connection and the login
     * @param answer for the next answer, while any request is unanswered
     * @param aliveInterval silence after which the server is asked whether it is still there; zero for never
     * @param aliveCount how many of those questions may stay without an answer
     */
    public record Timeouts(Duration connect, Duration answer, Duration aliveInterval, int aliveCount) {}

    /** {@code user@host:port}, for messages. */
    public String shown() {
        return user + "@" + host + ":" + port;
    }
}
