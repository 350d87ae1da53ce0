package org.lightpipe.storage.webdav;

import java.net.http.HttpHeaders;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digests that a server tells of a file: {@code Repr-Digest} (RFC 9530) and {@code Digest} (RFC 3230, with the
 * hexadecimal that dCache and XRootD write for some).
 */
final class FarDigests {

    private static final Pattern STRUCTURED = Pattern.compile("([A-Za-z0-9-]+)=:([A-Za-z0-9+/=]*):");
    private static final Pattern PLAIN = Pattern.compile("([A-Za-z0-9-]+)=([A-Za-z0-9+/=]+)");

    private FarDigests() {}

    /** In hexadecimal, by names such as {@code sha-256} and {@code md5}; what cannot be read is left out. */
    static Map<String, String> of(HttpHeaders headers) {
        Map<String, String> digests = new LinkedHashMap<>();
        headers.allValues("Digest").forEach(value -> collect(PLAIN, value, digests));
        headers.allValues("Repr-Digest").forEach(value -> collect(STRUCTURED, value, digests));
        return digests;
    }

    private static void collect(Pattern pattern, String value, Map<String, String> digests) {
        for (String part : value.split(",")) {
            Matcher matcher = pattern.matcher(part.strip());
            if (matcher.matches()) {
                String name = matcher.group(1).toLowerCase(Locale.ROOT);
                String hex = hex(name, matcher.group(2));
                if (hex != null) {
                    digests.put(name.equals("sha256") ? "sha-256" : name, hex);
                }
            }
        }
    }

    private static String hex(String name, String text) {
        int bytes = switch (name) {
            case "sha-256", "sha256" -> 32;
            case "md5" -> 16;
            default -> 0;
        };
        if (text.length() == 2 * bytes && text.matches("[0-9A-Fa-f]+")) {
            return text.toLowerCase(Locale.ROOT);
        }
        try {
            byte[] decoded = Base64.getDecoder().decode(text);
            return decoded.length == bytes ? HexFormat.of().formatHex(decoded) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
