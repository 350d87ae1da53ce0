package org.lightpipe.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.lightpipe.config.TransferPolicy.Durability;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.config.TransferPolicy.Proof;
import org.lightpipe.config.TransferPolicy.Share;
import org.lightpipe.core.Findings;
import org.lightpipe.core.Names;
import org.lightpipe.core.YamlMap;
import org.lightpipe.core.YamlSource;

/** Reads storages: those of {@code config/storages.yaml}, which beamlines share by name, and those of one beamline. */
final class StorageReader {

    private static final List<String> SCHEMES = List.of("file:", "sftp:", "http:", "https:", "globus:", "command:");
    private static final Storage NONE = new Storage("", "", Optional.empty(), 0, 0);

    private final Map<String, Storage> shared = new TreeMap<>();

    /** @param file the storages that beamlines share; it need not be there */
    StorageReader(Path file, Findings findings, UnaryOperator<String> placeholders) {
        if (!Files.exists(file)) {
            return;
        }
        YamlSource.map(file, findings, placeholders)
                .flatMap(root -> {
                    Optional<YamlMap> map = root.map("storages");
                    root.end();
                    return map;
                })
                .ifPresent(map -> {
                    for (String name : map.sortedNames()) {
                        Names.check(map, name, name);
                        map.map(name).ifPresent(inner -> shared.put(name, described(inner, name)));
                    }
                });
    }

    /** The storage of a beamline: the name of a shared one, a URI, or a description in place. */
    Storage storage(YamlMap map, String beamline) {
        if (!map.isText("storage") && map.has("storage")) {
            return map.map("storage").map(inner -> described(inner, beamline)).orElse(NONE);
        }
        String text = map.text("storage");
        if (!text.contains(":") && !text.isEmpty()) {
            return named(map, "storage", text);
        }
        Storage storage = new Storage(beamline, checked(map, "storage", text), Optional.empty(), 02770, 0640);
        StorageSettings.check(map, "storage", storage);
        return storage;
    }

    /** Where the files of a beamline go besides. */
    List<Storage> copies(YamlMap map) {
        List<Storage> copies = new ArrayList<>();
        for (String name : map.texts("copies")) {
            copies.add(named(map, "copies", name));
        }
        return List.copyOf(copies);
    }

    private Storage named(YamlMap map, String field, String name) {
        Storage storage = shared.get(name);
        if (storage == null) {
            map.wrong(
                    field,
                    "storage '" + name + "' is not known",
                    YamlMap.suggestion(name, List.copyOf(shared.keySet())) + " — or add it to config/storages.yaml");
            return NONE;
        }
        return storage;
    }

    private static Storage described(YamlMap map, String name) {
        Storage storage = new Storage(
                name,
                checked(map, "uri", map.text("uri")),
                map.optionalText("group"),
                mode(map, "directoryMode", 02770),
                mode(map, "fileMode", 0640),
                map.map("transfer").map(StorageReader::policy).orElse(TransferPolicy.standard()),
                map.has("settings") ? map.textsByName("settings") : Map.of(),
                one(map, "acl", Storage.Acl.values(), Storage.Acl.AUTO));
        StorageSettings.check(map, "uri", storage);
        map.end();
        return storage;
    }

    private static TransferPolicy policy(YamlMap map) {
        TransferPolicy standard = TransferPolicy.standard();
        Set<Digest> digests = all(map, "digests", Digest.values(), standard.digests());
        digests.add(Digest.SHA256);
        TransferPolicy policy = new TransferPolicy(
                map.integer("concurrency", standard.concurrency(), 1, 1000),
                map.bytes("bandwidth", standard.bandwidth()),
                one(map, "durability", Durability.values(), standard.durability()),
                one(map, "proof", Proof.values(), standard.proof()),
                Set.copyOf(digests),
                Set.copyOf(all(map, "keep", Keep.values(), standard.keep())),
                one(map, "share", Share.values(), standard.share()),
                map.bytes("reserve", standard.reserve()),
                map.integer("group", standard.group(), 1, 10_000));
        map.end();
        return policy;
    }

    private static <E extends Enum<E>> E one(YamlMap map, String field, E[] values, E otherwise) {
        String label = map.choice(field, label(otherwise), labels(values));
        return byLabel(values).apply(label).orElse(otherwise);
    }

    private static <E extends Enum<E>> Set<E> all(YamlMap map, String field, E[] values, Set<E> otherwise) {
        if (!map.has(field)) {
            return new LinkedHashSet<>(otherwise);
        }
        Set<E> chosen = new LinkedHashSet<>();
        for (String text : map.texts(field)) {
            byLabel(values)
                    .apply(text)
                    .ifPresentOrElse(
                            chosen::add,
                            () -> map.wrong(
                                    field,
                                    "'" + text + "' is not one of " + String.join(", ", labels(values)),
                                    YamlMap.suggestion(text, labels(values))));
        }
        return chosen;
    }

    private static <E extends Enum<E>> Function<String, Optional<E>> byLabel(E[] values) {
        return text -> {
            for (E value : values) {
                if (label(value).equals(text)) {
                    return Optional.of(value);
                }
            }
            return Optional.empty();
        };
    }

    private static <E extends Enum<E>> List<String> labels(E[] values) {
        List<String> labels = new ArrayList<>();
        for (E value : values) {
            labels.add(label(value));
        }
        return labels;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String checked(YamlMap map, String field, String uri) {
        if (!uri.isEmpty() && SCHEMES.stream().noneMatch(uri::startsWith)) {
            map.wrong(
                    field,
                    "'" + uri + "' is not a storage",
                    "write it as file:/path or sftp:user@host/path, or begin it with one of "
                            + String.join(" ", SCHEMES.subList(2, SCHEMES.size())));
        }
        return uri;
    }

    private static int mode(YamlMap map, String field, int otherwise) {
        String text = map.text(field, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-7]{3,4}")) {
            map.wrong(field, "'" + text + "' is not a mode", "write it in octal, in quotes: \"2770\"");
            return otherwise;
        }
        return Integer.parseInt(text, 8);
    }
}
