package org.lightpipe.hub.check;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lightpipe.core.Findings;

/**
 * The texts of all route files, read once, so that what is checked is what is loaded.
 *
 * @param routes the {@code routes} directory
 * @param texts text by name; a name is the path below the parent of {@code routes}, such as {@code routes/3-transfer.camel.yaml}
 */
public record RouteTexts(Path routes, SortedMap<String, String> texts) {

    /** Deeper than any tree of routes; a bound for a link that leads back. */
    private static final int MAX_DEPTH = 8;

    private static final long MAX_BYTES = 4_000_000;

    public RouteTexts {
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
    }

    /** Reads every YAML file below the directory; what cannot be read is a finding. */
    public static RouteTexts read(Path routes, Findings findings) {
        SortedMap<String, String> texts = new TreeMap<>();
        for (Path file : files(routes, findings)) {
            String name = name(routes, file);
            try {
                if (Files.size(file) > MAX_BYTES) {
                    findings.add(name, 0, "", "is larger than " + MAX_BYTES + " bytes", "split it");
                } else {
                    texts.put(name, Files.readString(file));
                }
            } catch (CharacterCodingException e) {
                findings.add(name, 0, "", "is not UTF-8 text", "save it as UTF-8");
            } catch (IOException e) {
                findings.add(name, 0, "", "cannot be read: " + e.getMessage(), "");
            }
        }
        return new RouteTexts(routes, texts);
    }

    /** The YAML files below the directory, sorted; editors' hidden and temporary files are left out. */
    public static List<Path> files(Path routes, Findings findings) {
        if (!Files.isDirectory(routes)) {
            findings.add(routes.toString(), 0, "", "is not a directory", "");
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(routes, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            return tree.filter(RouteTexts::isYaml).sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            findings.add(routes.toString(), 0, "", "cannot be read: " + e.getMessage(), "");
            return List.of();
        }
    }

    /** The file that a name stands for. */
    public Path path(String name) {
        return parent(routes).resolve(name);
    }

    private static boolean isYaml(Path path) {
        String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml")) && Files.isRegularFile(path);
    }

    private static String name(Path routes, Path file) {
        return parent(routes).relativize(file.toAbsolutePath().normalize()).toString();
    }

    private static Path parent(Path routes) {
        Path absolute = routes.toAbsolutePath().normalize();
        return absolute.getParent() == null ? absolute : absolute.getParent();
    }
}
