package org.lightpipe.dataset;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The XML behind the data of an SPE 3.x file: the shape of its frames and regions, when it was made, and the settings that
 * matter most; others by the path of their element, where the policy names them. Neither entities nor a DTD are read.
 */
final class LightFieldXml {

    static final int MOST = 1 << 20;
    private static final int DEPTH = 64;
    private static final Set<String> SETTINGS = Set.of(
            "ExposureTime",
            "CenterWavelength",
            "Grating",
            "SetPoint",
            "Reading",
            "FrameRate",
            "AnalogGain",
            "EMGain",
            "Gain",
            "Width",
            "Height",
            "Model",
            "SerialNumber",
            "NumberOfFrames");

    private LightFieldXml() {}

    /** @param length how long the XML is in the file, of which the bytes are the beginning */
    static void read(ByteBuffer bytes, long length, Selection selection, Found found) throws MalformedHeaderException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, false);
        try {
            // Decoded here: the parser would print to the terminal where bytes are not UTF-8.
            XMLStreamReader xml = factory.createXMLStreamReader(
                    new StringReader(StandardCharsets.UTF_8.decode(bytes).toString()));
            try {
                read(xml, selection, found);
            } finally {
                xml.close();
            }
        } catch (XMLStreamException e) {
            throw new MalformedHeaderException(
                    length > MOST
                            ? "its XML is longer than " + MOST + " bytes; the rest was not read"
                            : "its XML is damaged at line " + e.getLocation().getLineNumber());
        }
    }

    private static void read(XMLStreamReader xml, Selection selection, Found found)
            throws XMLStreamException, MalformedHeaderException {
        Deque<String> path = new ArrayDeque<>();
        StringBuilder text = new StringBuilder();
        int regions = 0;
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    path.addLast(xml.getLocalName());
                    text.setLength(0);
                    if (path.size() > DEPTH) {
                        throw new MalformedHeaderException("its XML is nested deeper than " + DEPTH + " elements");
                    }
                    if ("DataBlock".equals(xml.getLocalName())) {
                        regions += block(xml, regions, found);
                    } else if (xml.getAttributeValue(null, "created") != null) {
                        found.put("time", xml.getAttributeValue(null, "created"));
                    }
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
                    if (text.length() <= Found.LONGEST) {
                        text.append(
                                xml.getTextCharacters(),
                                xml.getTextStart(),
                                Math.min(xml.getTextLength(), 2 * Found.LONGEST));
                    }
                }
                case XMLStreamConstants.END_ELEMENT -> {
                    String key = String.join("/", path);
                    if (!text.toString().isBlank() && (SETTINGS.contains(path.getLast()) || selection.isNamed(key))) {
                        found.putText(key, text.toString());
                    }
                    text.setLength(0);
                    path.removeLast();
                }
                default -> {
                    // neither element nor text
                }
            }
        }
    }

    /** @return how many regions it is */
    private static int block(XMLStreamReader xml, int regions, Found found) {
        String width = attribute(xml, "width");
        String height = attribute(xml, "height");
        switch (attribute(xml, "type")) {
            case "Frame" -> {
                found.putText("frames", attribute(xml, "count"));
                found.put("type", type(attribute(xml, "pixelFormat")));
                return 0;
            }
            case "Region" -> {
                if (regions == 0) {
                    found.putText("width", width);
                    found.putText("height", height);
                }
                found.put("region" + (regions + 1), width + " × " + height);
                return 1;
            }
            default -> {
                return 0;
            }
        }
    }

    private static String type(String pixelFormat) {
        return switch (pixelFormat) {
            case "MonochromeUnsigned16" -> "uint16";
            case "MonochromeUnsigned32" -> "uint32";
            case "MonochromeFloating32" -> "float32";
            default -> pixelFormat;
        };
    }

    private static String attribute(XMLStreamReader xml, String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : value;
    }
}
