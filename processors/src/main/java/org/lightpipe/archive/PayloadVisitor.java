package org.lightpipe.archive;

import java.io.IOException;
import java.io.InputStream;

/** Is shown the payload of a bag while it is read. */
interface PayloadVisitor {

    /** Looks at nothing; for when only the proof is wanted. */
    PayloadVisitor NONE = new PayloadVisitor() {
        @Override
        public void read(PayloadFile file, InputStream bytes) {}

        @Override
        public void proved(PayloadFile file) {}

        @Override
        public void damaged(PayloadFile file) {}
    };

    /** The bytes of a file as the tape gives them. They are not proved yet; they need not be read. */
    void read(PayloadFile file, InputStream bytes) throws IOException;

    /** The bytes were those that the catalog knows. */
    void proved(PayloadFile file) throws IOException;

    /** The bytes were others. */
    void damaged(PayloadFile file) throws IOException;
}
