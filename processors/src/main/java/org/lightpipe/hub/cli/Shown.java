package org.lightpipe.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.lightpipe.core.RawName;

/** Values as a person reads them in a terminal. */
final class Shown {

    private static final String UNITS = " kMGTPE";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

    private Shown() {}

    /** A number of bytes: {@code 999 B}, {@code 1.5 MB}. */
    static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 999.5 && unit < UNITS.length() - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %cB", value, UNITS.charAt(unit));
    }

    /** A name of a file, or words that may hold one, without anything that would steer the terminal. */
    static String name(String name) {
        return RawName.shown(name);
    }

    /** A time of an answer in the time zone of this machine; a dash for none. */
    static String time(JsonNode time) {
        return time.isTextual() ? TIME.format(instant(time.asText())) : "-";
    }

    private static Instant instant(String text) {
        // What comes straight from the database writes its offset as +00:00.
        return java.time.OffsetDateTime.parse(text).toInstant();
    }

    /** For how long something has been so: {@code 5 s}, {@code 12 min}, {@code 3 h}, {@code 4 d}. */
    static String age(JsonNode since) {
        if (!since.isTextual()) {
            return "-";
        }
        Duration age = Duration.between(instant(since.asText()), Instant.now());
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < ChronoUnit.HOURS.getDuration().toSeconds() * 2) {
            return age.toMinutes() + " min";
        }
        return seconds < ChronoUnit.DAYS.getDuration().toSeconds() * 2 ? age.toHours() + " h" : age.toDays() + " d";
    }

    /** A word of a shell command that means exactly this text. */
    static String word(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
