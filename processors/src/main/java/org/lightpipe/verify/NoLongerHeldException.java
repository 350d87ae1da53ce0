package org.lightpipe.verify;

import java.io.IOException;

/** The verification was cancelled, or another hub has taken it over. */
final class NoLongerHeldException extends IOException {

    NoLongerHeldException(long verification) {
        super("verification " + verification + " was cancelled or taken over");
    }
}
