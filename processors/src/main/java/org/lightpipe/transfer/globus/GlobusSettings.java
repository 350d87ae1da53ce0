package org.lightpipe.transfer.globus;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.lightpipe.config.Storage;
import org.lightpipe.core.YamlMap;

/**
 * What is said about a storage behind Globus.
 *
 * @param destination the collection that files go to
 * @param root path of the storage root in it, without a slash at its end
 * @param source the collection that shows the files of this machine
 * @param sourceRoot directory of this machine that it shows
 * @param sourcePath path in that collection at which it shows it, without a slash at its end
 * @param api address of Globus Transfer
 * @param auth address of Globus Auth
 * @param scope what the token is for
 * @param clientIdEnv environment variable with the id of the client
 * @param clientSecretEnv environment variable with its secret
 * @param clientSecretFile file with its secret
 * @param label what the tasks are called in Globus
 * @param deadline how long a task may take
 * @param poll how soon a task is looked at first; then ever more seldom
 */
record GlobusSettings(
        String destination,
        String root,
        String source,
        Path sourceRoot,
        String sourcePath,
        URI api,
        URI auth,
        String scope,
        String clientIdEnv,
        Optional<String> clientSecretEnv,
        Optional<Path> clientSecretFile,
        String label,
        Duration deadline,
        Duration poll) {

    private static final Duration DEADLINE = Duration.ofHours(6);
    private static final Duration POLL = Duration.ofSeconds(2);

    static GlobusSettings of(Storage storage) {
        Map<String, String> settings = storage.settings();
        String rest = storage.uri().substring("globus:".length());
        int slash = rest.indexOf('/');
        return new GlobusSettings(
                slash < 0 ? rest : rest.substring(0, slash),
                slash < 0 ? "" : withoutSlash(rest.substring(slash)),
                needed(storage, "sourceCollection"),
                Path.of(needed(storage, "sourceRoot")).normalize(),
                withoutSlash(settings.getOrDefault("sourcePath", "")),
                URI.create(withoutSlash(settings.getOrDefault("apiUrl", "https://transfer.api.globus.org"))),
                URI.create(withoutSlash(settings.getOrDefault("authUrl", "https://auth.globus.org"))),
                settings.getOrDefault("scope", "urn:globus:auth:scope:transfer.api.globus.org:all"),
                needed(storage, "clientIdEnv"),
                Optional.ofNullable(settings.get("clientSecretEnv")),
                Optional.ofNullable(settings.get("clientSecretFile")).map(Path::of),
                settings.getOrDefault("label", "Lightpipe " + storage.name().replace('.', '-')),
                Optional.ofNullable(settings.get("deadline"))
                        .flatMap(YamlMap::parseDuration)
                        .orElse(DEADLINE),
                Optional.ofNullable(settings.get("poll"))
                        .flatMap(YamlMap::parseDuration)
                        .orElse(POLL));
    }

    private static String needed(Storage storage, String name) {
        String value = storage.settings().get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "storage '" + storage.name() + "': '" + name + "' is missing in its settings");
        }
        return value;
    }

    private static String withoutSlash(String path) {
        return path.replaceAll("/+$", "");
    }

    /** A path below the storage root as the destination collection names it. */
    String target(String path) {
        return root + "/" + path;
    }

    /**
     * A file of this machine as the source collection names it.
     *
     * @throws IllegalArgumentException when the collection does not show it, or cannot be told its name
     */
    String source(Path file) {
        Path normal = file.toAbsolutePath().normalize();
        if (!normal.startsWith(sourceRoot) || normal.equals(sourceRoot)) {
            throw new IllegalArgumentException(file + " is not below " + sourceRoot
                    + ", which is all that the source collection shows (sourceRoot of the storage)");
        }
        String relative = sourceRoot.relativize(normal).toString();
        if (!sourceRoot.resolve(relative).equals(normal)) {
            throw new IllegalArgumentException("Globus cannot be told the name of a file that is not UTF-8: " + file);
        }
        return sourcePath + "/" + relative;
    }
}
