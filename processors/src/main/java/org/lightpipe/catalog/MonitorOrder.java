package org.lightpipe.catalog;

import java.util.Locale;
import java.util.Map;

/**
 * What a person asks of a monitor or an upload.
 *
 * @param kind whether it watches, or takes what is there, once
 * @param experiment name of the experiment whose files these are
 * @param directory where they are written
 * @param priority files with a higher one go first within their beamline
 * @param options what holds instead of the beamline's policy: {@code existing}, {@code unit}, {@code include},
 *     {@code exclude}, {@code complete}, {@code quiet}, {@code until}, {@code maxRuntime}, {@code depth},
 *     {@code hidden}, {@code once}
 */
public record MonitorOrder(Kind kind, String experiment, String directory, int priority, Map<String, Object> options) {

    /** Priority of files that nobody waits for. */
    public static final int LOW = 0;

    /** Priority of what a monitor finds. */
    public static final int NORMAL = 5;

    /** Priority of what somebody waits for. */
    public static final int HIGH = 10;

    public MonitorOrder {
        options = Map.copyOf(options);
    }

    /** Whether it watches, or takes what is there, once. */
    public enum Kind {
        /** Watches until it is stopped or its time is over. */
        MONITOR,
        /** Takes what is there, once. */
        UPLOAD;

        String words() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
