package org.lightpipe.storage;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.component.file.FileComponent;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileOperationFailedException;
import org.apache.camel.component.file.remote.SftpEndpoint;

/** A storage behind SFTP, through the operations of Camel's own endpoint, so that its options mean the same everywhere. */
final class SftpSession implements StorageSession {

    private final SftpEndpoint endpoint;
    private final int directoryMode;
    private final SftpConnection operations;
    private final Consumer<SftpSession> giveBack;
    private boolean broken;

    SftpSession(SftpEndpoint endpoint, int directoryMode, Consumer<SftpSession> giveBack) throws IOException {
        this.endpoint = endpoint;
        this.directoryMode = directoryMode;
        this.giveBack = giveBack;
        this.operations = new SftpConnection(endpoint);
        perform(() -> operations.connect(endpoint.getConfiguration(), endpoint.createExchange()));
    }

    /** True when the far side still answers. */
    boolean isAlive() {
        try {
            return !broken && operations.isConnected() && operations.sendNoop();
        } catch (GenericFileOperationFailedException e) {
            return false;
        }
    }

    void disconnect() {
        try {
            operations.forceDisconnect();
        } catch (GenericFileOperationFailedException e) {
            // it was broken anyway
        }
    }

    @Override
    public InputStream read(String path) throws IOException {
        Exchange exchange = endpoint.createExchange();
        GenericFile<Object> file = new GenericFile<>();
        exchange.setProperty(FileComponent.FILE_EXCHANGE_FILE, file);
        try {
            perform(() -> operations.retrieveFile(remote(path), exchange, -1));
        } catch (IOException e) {
            throw isMissing(e) ? missing(path, e) : e;
        }
        return (InputStream) file.getBody();
    }

    @Override
    public boolean exists(String path) throws IOException {
        return perform(() -> operations.existsFile(remote(path)));
    }

    @Override
    public void createDirectories(String path) throws IOException {
        if (!remote(path).equals(plain(path))) {
            createNamed(path);
        } else if (!perform(() -> operations.buildDirectory(plain(path), false))) {
            // Several sessions may make the same directory at the same time: only its absence is an error.
            if (!exists(path)) {
                throw new IOException("cannot make directory " + plain(path) + " on "
                        + endpoint.getConfiguration().getHost());
            }
        }
    }

    /** As Camel does it, part by part, for a path that its client would take for a pattern. */
    private void createNamed(String path) throws IOException {
        if (exists(path)) {
            return;
        }
        int slash = path.lastIndexOf('/');
        if (slash > 0) {
            createDirectories(path.substring(0, slash));
        }
        try {
            perform(() -> {
                operations.makeDirectory(plain(path), remote(path), directoryMode);
                return true;
            });
        } catch (IOException e) {
            broken = false;
            if (!isAlive() || !exists(path)) {
                broken = true;
                throw e;
            }
        }
    }

    @Override
    public void write(String path, InputStream bytes) throws IOException {
        delete(path);
        Exchange exchange = endpoint.createExchange();
        exchange.getIn().setBody(bytes);
        perform(() -> operations.storeFile(remote(path), exchange, -1));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        try {
            renameOnce(from, to);
        } catch (IOException e) {
            // A server without posix-rename refuses to replace a file.
            broken = false;
            if (!isAlive() || !exists(to) || !exists(from)) {
                throw e;
            }
            delete(to);
            renameOnce(from, to);
        }
    }

    private void renameOnce(String from, String to) throws IOException {
        boolean escaped = !remote(from).equals(plain(from)) || !remote(to).equals(plain(to));
        perform(() -> {
            if (escaped) {
                operations.renameEscaped(remote(from), remote(to));
                return true;
            }
            return operations.renameFile(remote(from), remote(to));
        });
    }

    @Override
    public void delete(String path) throws IOException {
        try {
            perform(() -> operations.deleteFile(remote(path)));
        } catch (IOException e) {
            if (!isMissing(e)) {
                throw e;
            }
            broken = false;
        }
    }

    @Override
    public void close() {
        giveBack.accept(this);
    }

    private interface Operation {
        boolean run();
    }

    /** Runs an operation; after a failure this session is not used again, since its state is unknown. */
    private boolean perform(Operation operation) throws IOException {
        boolean went = false;
        try {
            boolean answer = operation.run();
            went = true;
            return answer;
        } catch (GenericFileOperationFailedException e) {
            throw new IOException(words(e), e);
        } finally {
            broken = broken || !went;
        }
    }

    private String words(GenericFileOperationFailedException e) {
        Throwable cause = e.getCause();
        String detail = cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage();
        return e.getMessage() + detail;
    }

    private static boolean isMissing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SftpException e) {
                return e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE;
            }
        }
        return false;
    }

    private static NoSuchFileException missing(String path, IOException cause) {
        NoSuchFileException missing = new NoSuchFileException(path);
        missing.initCause(cause);
        return missing;
    }

    private String plain(String path) {
        String directory = endpoint.getConfiguration().getDirectory();
        return directory == null || directory.isEmpty() ? path : directory + "/" + path;
    }

    /** The client takes *, ? and \ in a path for a pattern: they are escaped, so that a name is only ever a name. */
    private String remote(String path) {
        return plain(path).replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?");
    }
}
