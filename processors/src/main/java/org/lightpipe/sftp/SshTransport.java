package org.lightpipe.sftp;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.ChannelSubsystem;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.lightpipe.sftp.SftpAccess.Credentials;
import org.lightpipe.sftp.SftpAccess.HostKeys;
import org.lightpipe.sftp.SftpAccess.Timeouts;

/** One SSH connection: login, the SFTP subsystem on it, and commands beside it. */
final class SshTransport implements AutoCloseable {

    /** Authenticated and fast: one pass, in hardware on every machine of today. */
    private static final String PREFERRED_CIPHER = "aes128-gcm@openssh.com";

    private final SftpAccess access;
    private final Session session;
    private final OwnSocket socket = new OwnSocket();

    private SshTransport(SftpAccess access) throws JSchException {
        this.access = access;
        JSch jsch = new JSch();
        identify(jsch, access.credentials());
        trust(jsch, access.hostKeys());
        session = jsch.getSession(access.user(), access.host(), access.port());
        session.setSocketFactory(socket);
        session.setConfig("StrictHostKeyChecking", access.hostKeys().strictChecking());
        for (String direction : new String[] {"cipher.c2s", "cipher.s2c"}) {
            session.setConfig(direction, preferring(PREFERRED_CIPHER, JSch.getConfig(direction)));
        }
        for (Map.Entry<String, String> option : access.options().entrySet()) {
            session.setConfig(option.getKey(), option.getValue());
        }
        access.credentials().password().ifPresent(session::setPassword);
        session.setUserInfo(new UnattendedUser(access.credentials().password()));
        Timeouts timeouts = access.timeouts();
        if (timeouts.aliveInterval().isZero()) {
            session.setTimeout((int) timeouts.answer().toMillis());
        } else {
            session.setServerAliveInterval((int) timeouts.aliveInterval().toMillis());
            session.setServerAliveCountMax(timeouts.aliveCount());
        }
        session.setThreadFactory(task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Connects and logs in.
     *
     * @throws SftpConnectionException when that is not possible, in plain words
     */
    static SshTransport connect(SftpAccess access) throws SftpConnectionException {
        SshTransport transport = null;
        try {
            transport = new SshTransport(access);
            transport.socket.connectMillis = (int) access.timeouts().connect().toMillis();
            transport.session.connect(transport.socket.connectMillis);
            return transport;
        } catch (JSchException e) {
            if (transport != null) {
                transport.close();
            }
            throw ConnectFailures.inWords(access, e);
        }
    }

    /**
     * Starts the SFTP subsystem.
     *
     * @param replies what the server sends goes there, on the one thread that reads the connection
     * @return where requests are written
     */
    OutputStream sftp(OutputStream replies) throws IOException {
        try {
            ChannelSubsystem channel = (ChannelSubsystem) session.openChannel("subsystem");
            channel.setSubsystem("sftp");
            channel.setWantReply(true);
            channel.setOutputStream(replies);
            OutputStream requests = channel.getOutputStream();
            channel.connect((int) access.timeouts().connect().toMillis());
            return requests;
        } catch (JSchException e) {
            throw new SftpConnectionException(access.shown() + " lets us in, but offers no SFTP: " + e.getMessage(), e);
        }
    }

    /**
     * Runs a command of the far side.
     *
     * @param command a fixed text; data goes in by the standard input
     * @param input its standard input
     * @param mostOutput bytes of standard output that are kept
     * @return its standard output, once that ends; to be cancelled when it is no longer waited for
     */
    CompletableFuture<byte[]> run(String command, byte[] input, int mostOutput) throws IOException {
        try {
            ChannelExec channel = (ChannelExec) session.openChannel("exec");
            channel.setCommand(command);
            channel.setInputStream(new ByteArrayInputStream(input));
            CommandOutput output = new CommandOutput(mostOutput);
            channel.setOutputStream(output);
            channel.setErrStream(OutputStream.nullOutputStream());
            output.result().whenComplete((bytes, failure) -> channel.disconnect());
            channel.connect((int) access.timeouts().connect().toMillis());
            return output.result();
        } catch (JSchException e) {
            throw new IOException("the far side runs no commands: " + e.getMessage(), e);
        }
    }

    /**
     * A command of the far side that goes on.
     *
     * @param input where its standard input is written
     */
    record Running(ChannelExec channel, OutputStream input) {

        /** Ends it, whatever it is doing: what is left of its input must not be carried out later. */
        void end() {
            // A request about a channel that was closed already would end the connection: not while it is being closed.
            synchronized (channel) {
                if (channel.isConnected()) {
                    try {
                        channel.sendSignal("KILL");
                    } catch (Exception e) {
                        // It gets no more input, at least.
                    }
                }
            }
            channel.disconnect();
        }
    }

    /**
     * Starts a command of the far side.
     *
     * @param command a fixed text; data goes in by the standard input
     * @param output its standard output goes there, on the one thread that reads the connection
     * @param errors what it says besides
     */
    Running start(String command, OutputStream output, OutputStream errors) throws IOException {
        try {
            ChannelExec channel = (ChannelExec) session.openChannel("exec");
            channel.setCommand(command);
            channel.setOutputStream(output);
            channel.setErrStream(errors);
            OutputStream input = channel.getOutputStream();
            channel.connect((int) access.timeouts().connect().toMillis());
            return new Running(channel, input);
        } catch (JSchException e) {
            throw new IOException("the far side runs no commands: " + e.getMessage(), e);
        }
    }

    boolean isConnected() {
        return session.isConnected();
    }

    /** Ends the connection at once, even while another thread is blocked writing to it. */
    @Override
    public void close() {
        socket.close();
        session.disconnect();
    }

    private static void identify(JSch jsch, Credentials credentials) throws JSchException {
        byte[] passphrase = credentials
                .passphrase()
                .map(text -> text.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .orElse(null);
        if (credentials.privateKeyFile().isPresent()) {
            jsch.addIdentity(credentials.privateKeyFile().get(), passphrase);
        }
        if (credentials.privateKey().isPresent()) {
            jsch.addIdentity("key", credentials.privateKey().get().clone(), null, passphrase);
        }
    }

    private static void trust(JSch jsch, HostKeys keys) throws JSchException {
        if (keys.knownHosts().isPresent()) {
            jsch.setKnownHosts(new ByteArrayInputStream(keys.knownHosts().get()));
        }
        if (keys.knownHostsFile().isPresent()) {
            jsch.setKnownHosts(keys.knownHostsFile().get());
        }
    }

    private static String preferring(String first, String list) {
        Set<String> ciphers = new LinkedHashSet<>();
        ciphers.add(first);
        ciphers.addAll(Arrays.asList(list.split(",")));
        return String.join(",", ciphers);
    }

    /** Gives us the socket, which is what ends a write that does not come to an end. */
    private static final class OwnSocket implements SocketFactory {

        private volatile int connectMillis;
        private volatile Optional<Socket> open = Optional.empty();

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            Socket socket = new Socket();
            open = Optional.of(socket);
            try {
                socket.connect(new InetSocketAddress(host, port), connectMillis);
                return socket;
            } catch (IOException e) {
                close();
                throw e;
            }
        }

        @Override
        public InputStream getInputStream(Socket socket) throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream getOutputStream(Socket socket) throws IOException {
            return socket.getOutputStream();
        }

        void close() {
            if (open.isPresent()) {
                try {
                    open.get().close();
                } catch (IOException e) {
                    // it is gone either way
                }
            }
        }
    }
}
