package org.lightpipe.storage.webdav;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.config.Storage;
import org.lightpipe.core.YamlMap;

/**
 * What is said about a storage behind HTTP.
 *
 * @param root its root; the path ends with a slash
 * @param timeout for how long nothing may happen: connecting, in the middle of a file, waiting for an answer
 * @param redirects whether the server may send the hub on to another host, which gets no credentials
 * @param authorizationEnv environment variable with the value of the Authorization header
 * @param authorizationFile file with that value, read again when it changes
 * @param trustStore certificates to trust in place of Java's: PEM, PKCS12 or JKS
 * @param trustStorePasswordEnv environment variable with the password of that file
 */
record WebDavSettings(
        URI root,
        Duration timeout,
        boolean redirects,
        Optional<String> authorizationEnv,
        Optional<Path> authorizationFile,
        Optional<Path> trustStore,
        Optional<String> trustStorePasswordEnv) {

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    static WebDavSettings of(Storage storage) {
        URI uri = URI.create(storage.uri());
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "storage '" + storage.name() + "': only a host and a path may be in its URI");
        }
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        Map<String, String> settings = storage.settings();
        return new WebDavSettings(
                uri.resolve(path.endsWith("/") ? path : path + "/"),
                Optional.ofNullable(settings.get("timeout"))
                        .flatMap(YamlMap::parseDuration)
                        .orElse(TIMEOUT),
                "any".equals(settings.get("redirects")),
                Optional.ofNullable(settings.get("authorizationEnv")),
                Optional.ofNullable(settings.get("authorizationFile")).map(Path::of),
                Optional.ofNullable(settings.get("trustStore")).map(Path::of),
                Optional.ofNullable(settings.get("trustStorePasswordEnv")));
    }
}
