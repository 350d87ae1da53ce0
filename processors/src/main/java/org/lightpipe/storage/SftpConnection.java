package org.lightpipe.storage;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SftpException;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.remote.RemoteFileConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.component.file.remote.SftpOperations;

/**
 * Camel's operations over one connection, and two that these cannot do for names with {@code * ?} and backslash: Camel
 * looks for a directory by a pattern and makes it by its name, so that one that is called {@code a*} is never made.
 */
final class SftpConnection extends SftpOperations {

    private final int timeoutMillis;
    private Session session;

    SftpConnection(SftpEndpoint endpoint) {
        super(endpoint.getProxy());
        setEndpoint(endpoint);
        this.timeoutMillis = endpoint.getConfiguration().getSoTimeout();
    }

    @Override
    protected Session createSession(RemoteFileConfiguration configuration) throws JSchException {
        session = super.createSession(configuration);
        return session;
    }

    /**
     * Makes a directory of exactly that name.
     *
     * @param name its path
     * @param pattern the same, escaped so that the client takes it for nothing but that name
     * @param mode its mode
     */
    void makeDirectory(String name, String pattern, int mode) {
        perform("Cannot make directory: " + name, channel -> {
            channel.mkdir(name);
            channel.chmod(mode, pattern);
        });
    }

    /** Renames a file, paths escaped: Camel itself would turn every backslash into a slash. */
    void renameEscaped(String from, String to) {
        perform("Cannot rename file from: " + from + " to: " + to, channel -> channel.rename(from, to));
    }

    private interface Operation {
        void run(ChannelSftp channel) throws SftpException;
    }

    /** On a channel of its own, since Camel keeps its own to itself. Such names are rare. */
    private void perform(String failure, Operation operation) {
        ChannelSftp channel = null;
        try {
            channel = (ChannelSftp) session.openChannel("sftp");
            channel.connect(timeoutMillis);
            operation.run(channel);
        } catch (JSchException | SftpException e) {
            throw new GenericFileOperationFailedException(failure, e);
        } finally {
            if (channel != null) {
                channel.disconnect();
            }
        }
    }
}
