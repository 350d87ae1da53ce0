package org.lightpipe.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.YamlMap;

/** What the {@code settings} of a storage may say, which depends on its kind. */
final class StorageSettings {

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final List<String> HTTP = List.of(
            "timeout",
            "parallel",
            "redirects",
            "authorizationEnv",
            "authorizationFile",
            "trustStore",
            "trustStorePasswordEnv");
    private static final List<String> GLOBUS = List.of(
            "sourceCollection",
            "sourceRoot",
            "sourcePath",
            "clientIdEnv",
            "clientSecretEnv",
            "clientSecretFile",
            "scope",
            "apiUrl",
            "authUrl",
            "label",
            "deadline",
            "poll");

    /** Which values each command must be told. */
    private static final Map<String, Set<String>> COMMANDS = commands();

    private final YamlMap storage;
    private final String uriField;
    private final Optional<YamlMap> map;
    private final Map<String, String> settings;

    private StorageSettings(YamlMap storage, String uriField, Map<String, String> settings) {
        this.storage = storage;
        this.uriField = uriField;
        this.map = settings.isEmpty() ? Optional.empty() : storage.map("settings");
        this.settings = settings;
    }

    private static Map<String, Set<String>> commands() {
        Map<String, Set<String>> commands = new HashMap<>();
        commands.put("copy", Set.of("source", "temporary"));
        commands.put("digest", Set.of("temporary"));
        commands.put("readBack", Set.of("temporary"));
        commands.put("rename", Set.of("temporary", "target"));
        commands.put("remove", Set.of("temporary"));
        commands.put("mkdir", Set.of("directory"));
        commands.put("exists", Set.of("target"));
        commands.put("free", Set.of());
        return Map.copyOf(commands);
    }

    /**
     * Adds a finding for all that is wrong.
     *
     * @param map where the storage is written
     * @param uriField the field there that holds its URI
     * @param storage the storage, read
     */
    static void check(YamlMap map, String uriField, Storage storage) {
        StorageSettings check = new StorageSettings(map, uriField, storage.settings());
        String uri = storage.uri();
        if (uri.startsWith("http:") || uri.startsWith("https:")) {
            check.http(uri);
        } else if (uri.startsWith("globus:")) {
            check.globus(uri);
        } else if (uri.startsWith("command:")) {
            check.command();
        } else if (uri.startsWith("sftp:")) {
            check.sftp();
            return;
        } else {
            return;
        }
        check.policy(storage.transfer(), uri.substring(0, uri.indexOf(':')));
    }

    /** True when what is in it can be read again by the hub, as the archive has to. */
    static boolean isReadable(Storage storage) {
        return !storage.uri().startsWith("globus:")
                && (!storage.uri().startsWith("command:") || storage.settings().containsKey("readBack"));
    }

    private void policy(TransferPolicy policy, String kind) {
        YamlMap transfer = storage.has("transfer") ? storage.map("transfer").orElse(storage) : storage;
        Set<Keep> kept = EnumSet.of(Keep.MODE, Keep.OWNER, Keep.GROUP);
        kept.retainAll(policy.keep());
        if (!kept.isEmpty()) {
            transfer.wrong(
                    "keep",
                    "a storage behind " + kind + ": cannot keep the "
                            + kept.iterator().next().name().toLowerCase(java.util.Locale.ROOT),
                    "leave it out, or use file: or sftp:");
        }
        if (policy.share() != Share.NEVER) {
            transfer.wrong("share", "only copies on the same file system share their blocks", "leave it out");
        }
    }

    private void sftp() {
        known(List.of("shell"));
        choice("shell", List.of("true", "false"));
    }

    private void http(String text) {
        known(HTTP);
        URI uri;
        try {
            uri = new URI(text);
        } catch (java.net.URISyntaxException e) {
            storage.wrong(uriField, "is not a URI: " + e.getReason(), "write it as https://host/path");
            return;
        }
        if (uri.getHost() == null) {
            storage.wrong(uriField, "names no host", "write it as https://host/path");
            return;
        }
        if (uri.getRawUserInfo() != null) {
            storage.wrong(
                    uriField,
                    "holds a user or password, which logs and consoles would show",
                    "name an environment variable or a file that holds the header: authorizationEnv, authorizationFile");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            storage.wrong(uriField, "has more than a host and a path", "move options to 'settings:'");
        }
        duration("timeout");
        integer("parallel", 1, 100);
        choice("redirects", List.of("same", "any"));
        variable("authorizationEnv");
        variable("trustStorePasswordEnv");
        both("authorizationEnv", "authorizationFile");
        boolean credentials = settings.containsKey("authorizationEnv") || settings.containsKey("authorizationFile");
        if (credentials && text.startsWith("http:") && !LOOPBACK.contains(uri.getHost())) {
            storage.wrong(uriField, "credentials would travel where everybody can read them", "use https:");
        }
    }

    private void globus(String uri) {
        known(GLOBUS);
        String rest = uri.substring("globus:".length());
        if (!UUID.matcher(rest.replaceFirst("/.*", "")).matches()) {
            storage.wrong(uriField, "names no collection", "write it as globus:UUID-OF-THE-COLLECTION/path");
        }
        required("sourceCollection", "the collection through which Globus reads the files of this machine");
        required("sourceRoot", "the directory of this machine that the collection shows");
        required("clientIdEnv", "the environment variable with the id of the hub's own Globus client");
        if (!settings.getOrDefault("sourceCollection", "").isEmpty()
                && !UUID.matcher(settings.get("sourceCollection")).matches()) {
            wrong("sourceCollection", "is not the UUID of a collection", "");
        }
        if (settings.containsKey("sourceRoot") && !settings.get("sourceRoot").startsWith("/")) {
            wrong("sourceRoot", "is not an absolute path", "");
        }
        if (!settings.containsKey("clientSecretEnv") && !settings.containsKey("clientSecretFile")) {
            settings("no secret of the client is named", "add clientSecretEnv or clientSecretFile");
        }
        both("clientSecretEnv", "clientSecretFile");
        variable("clientIdEnv");
        variable("clientSecretEnv");
        duration("deadline");
        duration("poll");
        for (String field : List.of("apiUrl", "authUrl")) {
            String url = settings.getOrDefault(field, "https://");
            boolean loopback = LOOPBACK.stream().anyMatch(host -> url.startsWith("http://" + host));
            if (!url.startsWith("https://") && !loopback) {
                wrong(field, "does not begin with https://", "");
            }
        }
    }

    private void command() {
        List<String> all = new ArrayList<>(COMMANDS.keySet());
        all.addAll(List.of("timeout", "parallel", "environment"));
        known(all);
        required("copy", "the command that copies {source} to {temporary}");
        required("rename", "the command that renames {temporary} to {target}");
        if (!settings.containsKey("digest") && !settings.containsKey("readBack")) {
            settings(
                    "nothing proves what was stored",
                    "add 'digest', a command that prints the SHA-256 of {temporary}, or 'readBack', one that prints its bytes");
        }
        duration("timeout");
        integer("parallel", 1, 100);
        COMMANDS.forEach((field, needed) -> {
            if (settings.containsKey(field)) {
                template(field, needed);
            }
        });
    }

    private void template(String field, Set<String> needed) {
        CommandTemplate template;
        try {
            template = CommandTemplate.parse(settings.get(field));
        } catch (IllegalArgumentException e) {
            wrong(field, e.getMessage(), "write a program and its arguments");
            return;
        }
        for (String name : needed) {
            if (!template.placeholders().contains(name)) {
                wrong(field, "does not use {" + name + "}", "");
            }
        }
        List<String> given = field.equals("copy")
                ? List.of("source", "temporary", "target", "directory")
                : field.equals("mkdir")
                        ? List.of("directory")
                        : field.equals("free") ? List.of() : List.of("temporary", "target", "directory");
        for (String name : template.placeholders()) {
            if (!given.contains(name)) {
                wrong(field, "{" + name + "} stands for nothing here", YamlMap.suggestion(name, given));
            }
        }
        template.danger()
                .ifPresent(danger -> wrong(
                        field,
                        "a shell would run what is in the name that " + danger + " stands for",
                        template.program().equals("ssh")
                                ? "write " + danger.replace("}", ":sh}")
                                : "give it as an argument of its own: sh -c 'cat \"$1\"' sh " + danger));
    }

    private void known(List<String> names) {
        for (String name : settings.keySet()) {
            if (!names.contains(name)) {
                wrong(name, "is not a known setting of this kind of storage", YamlMap.suggestion(name, names));
            }
        }
    }

    private void required(String field, String meaning) {
        if (settings.getOrDefault(field, "").isEmpty()) {
            settings("'" + field + "' is missing", "add " + meaning);
        }
    }

    private void both(String one, String other) {
        if (settings.containsKey(one) && settings.containsKey(other)) {
            wrong(other, "stands beside " + one, "keep one of them");
        }
    }

    private void duration(String field) {
        String text = settings.get(field);
        if (text != null && YamlMap.parseDuration(text).filter(d -> !d.isZero()).isEmpty()) {
            wrong(field, "'" + text + "' is not a duration", "write it as 30s, 10min or 2h");
        }
    }

    private void integer(String field, int least, int most) {
        String text = settings.get(field);
        if (text != null
                && (!text.matches("\\d{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most)) {
            wrong(field, "'" + text + "' is not a whole number from " + least + " to " + most, "");
        }
    }

    private void choice(String field, List<String> choices) {
        String text = settings.get(field);
        if (text != null && !choices.contains(text)) {
            wrong(
                    field,
                    "'" + text + "' is not one of " + String.join(", ", choices),
                    YamlMap.suggestion(text, choices));
        }
    }

    private void variable(String field) {
        String text = settings.get(field);
        if (text != null && !VARIABLE.matcher(text).matches()) {
            wrong(field, "is not the name of an environment variable", "write the name, not the value");
        }
    }

    private void settings(String problem, String mend) {
        storage.wrong(uriField.equals("uri") ? "settings" : uriField, problem, mend);
    }

    private void wrong(String field, String problem, String mend) {
        map.orElse(storage).wrong(field, problem, mend);
    }
}
