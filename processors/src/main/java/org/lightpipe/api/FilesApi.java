package org.lightpipe.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.lightpipe.catalog.FileList;
import org.lightpipe.catalog.FileScope;
import org.lightpipe.core.InvalidInputException;
import org.lightpipe.core.NotFoundException;
import org.lightpipe.core.YamlMap;
import org.springframework.jdbc.core.JdbcTemplate;

/** Files, for those who may see them. */
public final class FilesApi {

    private static final int USUAL_LIMIT = 1000;
    private static final int MAX_LIMIT = 10_000;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private static final List<String> STATES = List.of(
            "DETECTED",
            "TRANSFERRING",
            "STORED",
            "CATALOGUING",
            "CATALOGUED",
            "ARCHIVED",
            "RELEASED",
            "RECALLED",
            "CHANGED",
            "FAILED");

    private final JdbcTemplate jdbc;
    private final FileList files;

    public FilesApi(JdbcTemplate jdbc, FileList files) {
        this.jdbc = jdbc;
        this.files = files;
    }

    /**
     * A page of files.
     *
     * @param files the files, none at all perhaps, though there are more to come
     * @param next value of {@code after} for the next page; null at the end
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Answer(List<FileList.Entry> files, Optional<String> next) {}

    /** Files of an experiment, or of all, at or below a path, that match every condition that is given. */
    public Answer list(
            @Header("experiment") String experiment,
            @Header("path") String path,
            @Header("name") String name,
            @Header("state") String state,
            @Header("since") String since,
            @Header("larger") String larger,
            @Header("digest") String digest,
            @Header("after") String after,
            @Header("limit") String limit,
            @ExchangeProperty(Caller.PROPERTY) Caller caller) {
        FileList.Filter filter = new FileList.Filter(
                RequestValues.text(state).map(FilesApi::state),
                RequestValues.text(since).map(FilesApi::since),
                RequestValues.text(larger).map(FilesApi::larger),
                RequestValues.text(digest).map(FilesApi::digest),
                RequestValues.text(name).map(FilesApi::regex),
                caller.operator() ? Optional.empty() : Optional.of(caller.username()));
        FileList.Page page = files.page(
                scope(experiment, path, caller),
                filter,
                RequestValues.text(after).map(FilesApi::place).orElse(FileList.Place.FIRST),
                (int) RequestValues.number("limit", limit, USUAL_LIMIT, 1, MAX_LIMIT));
        return new Answer(page.files(), page.next().map(FilesApi::cursor));
    }

    /**
     * What a request means by an experiment and a path.
     *
     * @throws NotFoundException when there is no such experiment that the caller may see
     */
    FileScope scope(String experiment, String path, Caller caller) {
        String below = path == null ? "" : path.replace("\0", "");
        Optional<String> name = RequestValues.text(experiment);
        if (name.isEmpty()) {
            if (!below.isEmpty()) {
                throw InvalidInputException.of(
                        "request", "path", "has no experiment that it lies in", "add experiment=NAME");
            }
            return new FileScope(OptionalLong.empty(), "");
        }
        List<Long> id = jdbc.queryForList(
                "select e.id from experiment e where e.name = ?" + DatasetsApi.VISIBLE,
                Long.class,
                name.get(),
                caller.operator(),
                caller.username());
        if (id.isEmpty()) {
            throw new NotFoundException("there is no experiment '" + name.get() + "'");
        }
        return new FileScope(OptionalLong.of(id.get(0)), below);
    }

    private static String state(String text) {
        String state = text.toUpperCase(Locale.ROOT);
        if (!STATES.contains(state)) {
            throw InvalidInputException.of(
                    "request", "state", "'" + text + "' is not a state of a file", YamlMap.suggestion(state, STATES));
        }
        return state;
    }

    private static Instant since(String text) {
        try {
            return YamlMap.parseDuration(text)
                    .map(ago -> Instant.now().minus(ago))
                    .orElseGet(() -> text.contains("T")
                            ? OffsetDateTime.parse(text).toInstant()
                            : LocalDate.parse(text)
                                    .atStartOfDay(ZoneId.systemDefault())
                                    .toInstant());
        } catch (DateTimeException e) {
            throw InvalidInputException.of(
                    "request",
                    "since",
                    "'" + text + "' is not a time",
                    "write it as 2h, 2026-11-24 or 2026-11-24T18:00:00-06:00");
        }
    }

    private static long larger(String text) {
        return YamlMap.parseBytes(text)
                .orElseThrow(() -> InvalidInputException.of(
                        "request", "larger", "'" + text + "' is not a number of bytes", "write it as 500MB or 2GiB"));
    }

    private static String digest(String text) {
        String digest = text.strip().toLowerCase(Locale.ROOT);
        if (!SHA256.matcher(digest).matches()) {
            throw InvalidInputException.of(
                    "request",
                    "digest",
                    "'" + text + "' is not a SHA-256 in hexadecimal",
                    "give all 64 digits, as sha256sum prints them");
        }
        return digest;
    }

    /** A glob of names, or of whole paths if it has a '/' in it, as a regular expression. */
    static String regex(String glob) {
        StringBuilder regex = new StringBuilder(glob.contains("/") ? "^" : "(^|/)");
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*' && i + 1 < glob.length() && glob.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c < 128 && !Character.isLetterOrDigit(c) && c != '/' && c != '_' && !Character.isISOControl(c)) {
                regex.append('\\').append(c);
            } else {
                regex.append(c);
            }
        }
        return regex.append('$').toString();
    }

    private static String cursor(FileList.Place place) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((place.experiment() + "/" + place.path()).getBytes(StandardCharsets.UTF_8));
    }

    private static FileList.Place place(String cursor) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            int slash = text.indexOf('/');
            return new FileList.Place(
                    Long.parseLong(text.substring(0, Math.max(0, slash))),
                    text.substring(slash + 1).replace("\0", ""));
        } catch (IllegalArgumentException e) {
            throw InvalidInputException.of(
                    "request", "after", "is not what an answer gave as 'next'", "leave it out to begin anew");
        }
    }
}
