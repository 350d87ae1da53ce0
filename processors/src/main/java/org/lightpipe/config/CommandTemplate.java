package org.lightpipe.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A program and its arguments, as they are written in configuration: words between blanks, a word with blanks in it in
 * single or double quotes. No shell sees it. In each word <code>{name}</code> stands for a value, whatever that holds;
 * <code>{name:sh}</code> for the value quoted for a POSIX shell, which is what {@code ssh} hands its words to.
 */
public final class CommandTemplate {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-zA-Z]+)(:sh)?}");
    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ksh", "zsh");

    private final List<String> words;

    private CommandTemplate(List<String> words) {
        this.words = List.copyOf(words);
    }

    /** @throws IllegalArgumentException with what is wrong, in words */
    public static CommandTemplate parse(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (char c : text.toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (Character.isWhitespace(c)) {
                if (word != null) {
                    words.add(word.toString());
                    word = null;
                }
            } else {
                word = word == null ? new StringBuilder() : word;
                if (c == '\'' || c == '"') {
                    quote = c;
                } else {
                    word.append(c);
                }
            }
        }
        if (quote != 0) {
            throw new IllegalArgumentException("a quote " + quote + " is not closed");
        }
        if (word != null) {
            words.add(word.toString());
        }
        if (words.isEmpty()) {
            throw new IllegalArgumentException("there is no program in it");
        }
        if (PLACEHOLDER.matcher(words.get(0)).find()) {
            throw new IllegalArgumentException("the program itself cannot be a value");
        }
        return new CommandTemplate(words);
    }

    /** The program, without its directory. */
    public String program() {
        String first = words.get(0);
        return first.substring(first.lastIndexOf('/') + 1);
    }

    /** Names of the values that it wants. */
    public Set<String> placeholders() {
        Set<String> names = new LinkedHashSet<>();
        for (String word : words) {
            Matcher matcher = PLACEHOLDER.matcher(word);
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    /** What a shell, here or on the far side, would take for its own in the name of a file; empty when nothing. */
    public Optional<String> danger() {
        boolean ssh = program().equals("ssh");
        boolean shell = SHELLS.contains(program());
        for (int i = 1; i < words.size(); i++) {
            boolean script = shell
                    && words.get(i - 1).startsWith("-")
                    && words.get(i - 1).endsWith("c");
            Matcher matcher = PLACEHOLDER.matcher(words.get(i));
            while (matcher.find()) {
                if (script || (ssh && matcher.group(2) == null)) {
                    return Optional.of(matcher.group());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * The words of one call.
     *
     * @param values a value for each placeholder
     * @throws IllegalArgumentException when one is missing
     */
    public List<String> words(Map<String, String> values) {
        List<String> result = new ArrayList<>();
        for (String word : words) {
            result.add(PLACEHOLDER.matcher(word).replaceAll(match -> {
                String value = values.get(match.group(1));
                if (value == null) {
                    throw new IllegalArgumentException("there is no value for " + match.group());
                }
                return Matcher.quoteReplacement(match.group(2) == null ? value : quoted(value));
            }));
        }
        return result;
    }

    private static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
