package org.lightpipe.storage.webdav;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** What a server says of its free space: {@code quota-available-bytes} of RFC 4331. */
final class Quota {

    static final String QUESTION = """
            <?xml version="1.0" encoding="utf-8"?>
            <propfind xmlns="DAV:"><prop><quota-available-bytes/></prop></propfind>
            """;
    private static final int MOST_BYTES = 64 * 1024;

    private Quota() {}

    /** Empty when the answer does not say. */
    static OptionalLong available(InputStream answer) throws IOException {
        XMLInputFactory factory = XMLInputFactory.newFactory();
        // A server is a stranger: nothing that it names is fetched or expanded.
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader reader =
                    factory.createXMLStreamReader(new java.io.ByteArrayInputStream(answer.readNBytes(MOST_BYTES)));
            while (reader.hasNext()) {
                if (reader.next() == XMLStreamReader.START_ELEMENT
                        && reader.getLocalName().equals("quota-available-bytes")) {
                    String text = reader.getElementText().strip();
                    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
                }
            }
            return OptionalLong.empty();
        } catch (XMLStreamException e) {
            return OptionalLong.empty();
        }
    }
}
