package org.lightpipe.archive;

import java.io.IOException;

/** A bag that was read is not the bag that was written. The message says where. */
final class DamagedBagException extends IOException {

    DamagedBagException(String message) {
        super(message);
    }

    DamagedBagException(String message, Throwable cause) {
        super(message, cause);
    }
}
