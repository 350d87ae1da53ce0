package org.lightpipe.sftp;

import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the questions of a login where no person is there: with the password, once, and with no to all others. */
final class UnattendedUser implements UserInfo, UIKeyboardInteractive {

    private static final Logger LOG = LoggerFactory.getLogger(UnattendedUser.class);

    private final Optional<String> password;
    private boolean given;

    UnattendedUser(Optional<String> password) {
        this.password = password;
    }

    @Override
    public String[] promptKeyboardInteractive(
            String destination, String name, String instruction, String[] prompt, boolean[] echo) {
        if (prompt.length == 0) {
            return new String[0];
        }
        if (given || password.isEmpty()) {
            return null;
        }
        given = true;
        String[] answers = new String[prompt.length];
        Arrays.fill(answers, password.get());
        return answers;
    }

    @Override
    public String getPassphrase() {
        return null;
    }

    @Override
    public String getPassword() {
        return null;
    }

    @Override
    public boolean promptPassword(String message) {
        return false;
    }

    @Override
    public boolean promptPassphrase(String message) {
        return false;
    }

    @Override
    public boolean promptYesNo(String message) {
        return false;
    }

    @Override
    public void showMessage(String message) {
        LOG.debug("the SSH server says: {}", message);
    }
}
