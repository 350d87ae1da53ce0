package org.lightpipe.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Reads what files of one format say of themselves in their headers, never their data. Stateless; one is enough.
 *
 * <p>Anybody may have written the file: a reader believes no size, offset or count before it has compared it with the
 * file and with a bound, and takes bytes only from {@link HeaderBytes}, which has the last word.
 */
interface HeaderReader {

    /** Name of the format, for people. */
    String format();

    /** Extensions of names that promise this format, in small letters and without the dot. */
    Set<String> extensions();

    /**
     * True when a file begins as those of this format do.
     *
     * @param head the first {@link HeaderBytes#HEAD} bytes, or the whole file where it is shorter; big endian, position 0
     */
    boolean accepts(ByteBuffer head);

    /**
     * Reads the header.
     *
     * @param header the file
     * @param selection what is wanted: a reader may leave out the rest where that saves work
     * @param found takes what is read; what it has when an exception is thrown is kept
     * @throws MalformedHeaderException when the header cannot be read, with the reason in words
     * @throws IOException when the file itself cannot be read, so that another attempt may go better
     */
    void read(HeaderBytes header, Selection selection, Found found) throws IOException, MalformedHeaderException;
}
