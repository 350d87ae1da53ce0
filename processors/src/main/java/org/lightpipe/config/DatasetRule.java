package org.lightpipe.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which files form a dataset (a scan), and when it is complete.
 *
 * @param name pattern of a file's path with a group {@code dataset}, which names its dataset
 * @param quiet complete when no file has come for this long
 * @param marker complete as soon as a file of this name (a glob) is catalogued
 * @param count complete as soon as this many files are catalogued
 */
public record DatasetRule(Pattern name, Duration quiet, Optional<String> marker, OptionalInt count) {

    /** Tells of a path whether it is a marker's: its last part is compared with the glob. */
    public Predicate<String> markers() {
        if (marker.isEmpty()) {
            return path -> false;
        }
        StringBuilder regex = new StringBuilder();
        marker.get().codePoints().forEach(character -> {
            switch (character) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(character)));
            }
        });
        Predicate<String> name =
                Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
        return path -> name.test(path.substring(path.lastIndexOf('/') + 1));
    }
}
