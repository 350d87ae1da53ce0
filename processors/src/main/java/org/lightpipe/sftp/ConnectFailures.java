package org.lightpipe.sftp;

import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchChangedHostKeyException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.JSchUnknownHostKeyException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Says in plain words why a connection did not come about, and what to do. */
final class ConnectFailures {

    private ConnectFailures() {}

    static SftpConnectionException inWords(SftpAccess access, JSchException e) {
        return new SftpConnectionException(access.shown() + ": " + words(access, e), e);
    }

    private static String words(SftpAccess access, JSchException e) {
        String said = String.valueOf(e.getMessage());
        if (e instanceof JSchUnknownHostKeyException) {
            return "the host key of the server is not known; compare it with that of the server and add it to "
                    + access.hostKeys().knownHostsFile().orElse("a file that 'knownHostsFile' names");
        }
        if (e instanceof JSchChangedHostKeyException) {
            return "the host key of the server is not the one that is known: this is another machine, or its key was"
                    + " renewed; if that is meant, correct "
                    + access.hostKeys().knownHostsFile().orElse("the known hosts");
        }
        if (e instanceof JSchHostKeyException) {
            return "the host key of the server is refused (" + said + ")";
        }
        if (e instanceof JSchAlgoNegoFailException) {
            return "server and client have no algorithm in common (" + said + ")";
        }
        if (said.startsWith("Auth fail")
                || said.startsWith("Auth cancel")
                || said.startsWith("Too many authentication failures")) {
            return "the server does not let us in: it knows neither this key nor this password for user "
                    + access.user();
        }
        if (said.startsWith("invalid privatekey") || said.startsWith("USERAUTH fail")) {
            return "the private key "
                    + access.credentials().privateKeyFile().orElse("")
                    + " cannot be used: wrong passphrase or not a private key";
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnknownHostException) {
                return "there is no host of that name";
            }
            if (cause instanceof SocketTimeoutException) {
                return "no answer within " + access.timeouts().connect().toSeconds() + " s";
            }
            if (cause instanceof ConnectException
                    && String.valueOf(cause.getMessage()).contains("refused")) {
                return "connection refused: no SSH server listens there";
            }
            if (cause instanceof NoRouteToHostException) {
                return "there is no route to that host";
            }
            if (cause instanceof java.nio.file.NoSuchFileException || cause instanceof java.io.FileNotFoundException) {
                return "file not found: " + cause.getMessage();
            }
        }
        if (said.contains("timeout")) {
            return "no answer within " + access.timeouts().connect().toSeconds() + " s";
        }
        return "no connection (" + said + ")";
    }
}
