package org.lightpipe.hub.reload;

import java.time.Instant;
import java.util.List;

/**
 * What became of an edit.
 *
 * @param time when it was decided
 * @param changedFiles names of the files whose content changed, such as {@code routes/3-transfer.camel.yaml}
 * @param outcome whether it is in force
 * @param messages what was done, or every reason why not, in words for a person
 */
public record ReloadReport(Instant time, List<String> changedFiles, Outcome outcome, List<String> messages) {

    /** Whether an edit is in force. */
    public enum Outcome {
        /** It is in force. */
        APPLIED,
        /** It was found wrong, or could not be put in force now; nothing was touched. */
        REFUSED,
        /** It was right as far as anybody could tell, and then did not start; what ran before runs again. */
        ROLLED_BACK
    }

    public ReloadReport {
        changedFiles = List.copyOf(changedFiles);
        messages = List.copyOf(messages);
    }
}
