package org.lightpipe.archive;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a BagIt 1.0 bag (RFC 8493) holds beside its payload, and how its entries are called. Bags are written with their
 * entries in one order (tag files, payload in catalog order, manifests), so that both writing and reading them takes
 * one pass and a bounded amount of memory, however many files there are.
 *
 * @param top name of the directory that holds everything
 * @param algorithm algorithm of the manifests
 * @param files number of payload files
 * @param bytes total size of the payload files
 * @param information fields of {@code bag-info.txt} in order, without Payload-Oxum
 */
record BagLayout(String top, ManifestAlgorithm algorithm, long files, long bytes, Map<String, String> information) {

    static final String DECLARATION_FILE = "bagit.txt";
    static final String INFORMATION_FILE = "bag-info.txt";
    static final byte[] DECLARATION =
            "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n".getBytes(StandardCharsets.UTF_8);

    String manifestFile() {
        return "manifest-" + algorithm.label() + ".txt";
    }

    String tagManifestFile() {
        return "tagmanifest-" + algorithm.label() + ".txt";
    }

    /** Name of the tar's entry of a tag file. */
    String entry(String tagFile) {
        return top + "/" + tagFile;
    }

    /**
     * Name of the tar's entry of a payload file.
     *
     * @throws IllegalArgumentException when the path would lead out of the bag
     */
    String entry(PayloadFile file) {
        for (String segment : file.path().split("/", -1)) {
            if (segment.isEmpty() || segment.equals(".") || segment.equals("..") || segment.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("file '" + file.path() + "' cannot be put into a bag: its path has"
                        + " an empty segment, '.', '..' or a NUL");
            }
        }
        return top + "/data/" + file.path();
    }

    /** Number of octets and streams of the payload, as {@code bag-info.txt} has it. */
    String payloadOxum() {
        return bytes + "." + files;
    }

    byte[] informationFile() {
        String fields = information.entrySet().stream()
                .filter(field -> !field.getValue().isBlank())
                .map(field -> field.getKey() + ": " + oneLine(field.getValue()) + "\n")
                .collect(Collectors.joining());
        return (fields + "Payload-Oxum: " + payloadOxum() + "\n").getBytes(StandardCharsets.UTF_8);
    }

    static byte[] payloadLine(String digest, PayloadFile file) {
        return line(digest, "data/" + file.path());
    }

    /** A line of a manifest. A path keeps every character but those that would end the line, and the escape itself. */
    static byte[] line(String digest, String path) {
        String encoded = path.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
        return (digest + "  " + encoded + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** Control characters would end the line; a title has no use for them. */
    private static String oneLine(String value) {
        return value.replaceAll("[\\s\\p{Cntrl}\\u2028\\u2029\\u0085]+", " ").strip();
    }
}
