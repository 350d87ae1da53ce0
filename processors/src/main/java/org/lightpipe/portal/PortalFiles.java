package org.lightpipe.portal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.lightpipe.core.RootedPath;
import org.lightpipe.core.Sha256;

/**
 * Serves the portal's page from a directory: {@code /} is its {@code index.html}, {@code /portal/…} its other files.
 * Only files of a page's kinds are served, and none that is hidden or leads out of the directory. Thread-safe.
 */
public final class PortalFiles {

    private static final String PREFIX = "/portal/";
    private static final int MAX_BYTES = 4 * 1024 * 1024;

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "json", "application/json",
            "svg", "image/svg+xml",
            "png", "image/png",
            "woff2", "font/woff2");

    /** The page loads nothing but its own files, runs no script in its text, and is shown in nobody's frame. */
    private static final Map<String, String> PROTECTION = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self';"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                    + " require-trusted-types-for 'script'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "same-origin",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin");

    private final Path directory;

    /**
     * @param directory where the page's files are
     */
    public PortalFiles(Path directory) {
        this.directory = directory;
    }

    /** Answers a GET or HEAD request with a file, or with 304 or 404. */
    public void serve(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        String path = message.getHeader(Exchange.HTTP_PATH, "", String.class);
        String known = message.getHeader("If-None-Match", "", String.class);
        message.removeHeaders("*");
        PROTECTION.forEach(message::setHeader);
        Optional<Path> file = file(path);
        if (file.isEmpty()) {
            answer(message, 404, "text/plain; charset=utf-8", "There is no such page.\n".getBytes());
            return;
        }
        byte[] bytes = bytes(file.get());
        String tag = "\"" + Sha256.of(bytes).substring(0, 32) + "\"";
        // every visit asks whether it is still the same, so that an update of the hub is seen at once
        message.setHeader("Cache-Control", "no-cache");
        message.setHeader("ETag", tag);
        if (known.equals(tag)) {
            answer(message, 304, type(file.get()), null);
        } else {
            answer(message, 200, type(file.get()), bytes);
        }
    }

    private static void answer(Message message, int status, String type, byte[] body) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        message.setHeader(Exchange.CONTENT_TYPE, type);
        message.setBody(body);
    }

    private Optional<Path> file(String path) {
        if (path.isEmpty() || path.equals("/")) {
            return servable(directory.resolve("index.html"));
        }
        if (!path.startsWith(PREFIX) || path.contains("/.") || path.endsWith("/")) {
            return Optional.empty();
        }
        try {
            return servable(RootedPath.resolve(directory, path.substring(PREFIX.length())));
        } catch (IllegalArgumentException e) {
            // an InvalidPathException is one as well
            return Optional.empty();
        }
    }

    private static Optional<Path> servable(Path file) {
        return Optional.of(file)
                .filter(found -> !type(found).isEmpty())
                .filter(found -> Files.isRegularFile(found, LinkOption.NOFOLLOW_LINKS));
    }

    private static String type(Path file) {
        String name = file.getFileName().toString();
        return TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "");
    }

    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES);
        }
    }
}
