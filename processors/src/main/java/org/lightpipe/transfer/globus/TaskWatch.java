package org.lightpipe.transfer.globus;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all tasks of one storage until they end, with one thread: soon at first, then ever more seldom. Globus itself
 * goes on trying for as long as the deadline when a file is missing or forbidden, and says so only in a field beside the
 * state: such a task is cancelled at once. Thread-safe.
 */
final class TaskWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TaskWatch.class);
    private static final Duration MOST_SELDOM = Duration.ofSeconds(60);

    /** How long Globus may not answer, or not carry out a cancellation. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final int PAGE = 1000;
    private static final Set<String> HOPELESS = Set.of("FILE_NOT_FOUND", "PERMISSION_DENIED");

    private final GlobusApi api;
    private final Duration poll;
    private final Clock clock;
    private final ScheduledExecutorService thread;
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    TaskWatch(GlobusApi api, String name, Duration poll, Clock clock) {
        this.api = api;
        this.poll = poll;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread one = new Thread(task, "globus-" + name);
            one.setDaemon(true);
            return one;
        });
    }

    /**
     * How a task ended.
     *
     * @param succeeded whether all of it was transferred and its checksums were verified, as Globus says
     * @param targets paths of files that were, by this task
     * @param skipped how many files were found to be there already, with the same checksum
     * @param reason why it failed, in words; empty when it succeeded
     * @param details what Globus said of single files
     */
    record Ended(boolean succeeded, Set<String> targets, long skipped, String reason, String details) {}

    private static final class Watched {
        private final String id;
        private final Instant deadline;
        private final CompletableFuture<Ended> end = new CompletableFuture<>();
        private Duration delay;
        private Instant troubleSince;
        private Instant cancelledAt;
        private String cancelledFor = "";

        Watched(String id, Instant deadline, Duration delay) {
            this.id = id;
            this.deadline = deadline;
            this.delay = delay;
        }
    }

    /**
     * The end of a task; exceptionally when Globus does not answer, and with {@link CancellationException} when this watch
     * is closed. The task itself goes on then.
     */
    CompletableFuture<Ended> watch(String task, Instant deadline) {
        return watched.computeIfAbsent(task, id -> {
                    Watched one = new Watched(id, deadline, poll);
                    again(one);
                    return one;
                })
                .end;
    }

    private void again(Watched one) {
        try {
            thread.schedule(() -> look(one), one.delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            one.end.completeExceptionally(new CancellationException("the storage was closed"));
        }
        Duration longer = one.delay.multipliedBy(3).dividedBy(2);
        one.delay = longer.compareTo(MOST_SELDOM) > 0 && poll.compareTo(MOST_SELDOM) < 0 ? MOST_SELDOM : longer;
    }

    private void look(Watched one) {
        try {
            JsonNode task = api.get("task/" + one.id);
            one.troubleSince = null;
            String status = task.path("status").asText();
            if (status.equals("SUCCEEDED") || status.equals("FAILED")) {
                ended(one, ended(one, task, status.equals("SUCCEEDED")));
                return;
            }
            if (one.cancelledAt == null) {
                String why = hopeless(one, task, status);
                if (!why.isEmpty()) {
                    LOG.info("Globus task {} is cancelled: {}", one.id, why);
                    one.cancelledFor = why;
                    api.post("task/" + one.id + "/cancel", null);
                    one.cancelledAt = clock.instant();
                    one.delay = poll;
                }
            } else if (clock.instant().isAfter(one.cancelledAt.plus(PATIENCE))) {
                throw new IOException(
                        "Globus task " + one.id + " was cancelled and has not ended: " + one.cancelledFor);
            }
            again(one);
        } catch (GlobusFailure e) {
            if (e.isMissing()) {
                ended(one, new Ended(false, Set.of(), 0, "Globus does not know task " + one.id + " any more", ""));
            } else if (one.troubleSince != null && clock.instant().isAfter(one.troubleSince.plus(PATIENCE))) {
                fail(one, e);
            } else {
                one.troubleSince = one.troubleSince == null ? clock.instant() : one.troubleSince;
                again(one);
            }
        } catch (IOException | RuntimeException e) {
            fail(one, e);
        }
    }

    private String hopeless(Watched one, JsonNode task, String status) {
        String nice = task.path("nice_status").asText("");
        String details = task.path("nice_status_details").asText("").strip();
        if (HOPELESS.contains(nice.toUpperCase(Locale.ROOT))) {
            return words(nice, details);
        }
        if (status.equals("INACTIVE")) {
            return "a collection wants somebody to log in or to consent" + (details.isEmpty() ? "" : ": " + details);
        }
        if (clock.instant().isAfter(one.deadline.plus(PATIENCE))) {
            return "it was not done by its deadline" + (nice.isEmpty() ? "" : ": " + nice)
                    + (details.isEmpty() ? "" : ": " + details);
        }
        return "";
    }

    private static String words(String nice, String details) {
        String text = nice.equalsIgnoreCase("FILE_NOT_FOUND")
                ? "Globus does not find a file (FILE_NOT_FOUND); the source collection must show it below sourceRoot"
                : "Globus may not read a source or not write a target (PERMISSION_DENIED)";
        return details.isEmpty() ? text : text + ": " + details.replaceAll("\\s*\\R\\s*", "; ");
    }

    private Ended ended(Watched one, JsonNode task, boolean succeeded) throws IOException {
        Set<String> targets = new HashSet<>();
        String marker = "";
        do {
            JsonNode page = api.get("task/" + one.id + "/successful_transfers?limit=" + PAGE
                    + (marker.isEmpty() ? "" : "&marker=" + URLEncoder.encode(marker, StandardCharsets.UTF_8)));
            for (JsonNode file : page.path("DATA")) {
                targets.add(file.path("destination_path").asText());
            }
            String next = page.path("next_marker").asText("");
            if (next.equals(marker)) {
                break;
            }
            marker = next.equals("null") ? "" : next;
        } while (!marker.isEmpty());
        if (succeeded) {
            return new Ended(true, targets, task.path("files_skipped").asLong(0), "", "");
        }
        return new Ended(false, targets, 0, reason(one, task), details(one, task));
    }

    private static String reason(Watched one, JsonNode task) {
        if (!one.cancelledFor.isEmpty()) {
            return one.cancelledFor;
        }
        JsonNode fatal = task.path("fatal_error");
        String text = fatal.path("description").asText("");
        String code = fatal.path("code").asText(task.path("nice_status").asText(""));
        return "Globus says that the task failed" + (code.isEmpty() ? "" : " (" + code + ")")
                + (text.isEmpty() ? "" : ": " + text);
    }

    /** Where the paths of the files that were to blame stand, if anywhere. */
    private String details(Watched one, JsonNode task) {
        StringBuilder text = new StringBuilder(one.cancelledFor)
                .append('\n')
                .append(task.path("nice_status_details").asText(""))
                .append('\n')
                .append(task.path("fatal_error").path("description").asText(""));
        try {
            for (JsonNode event :
                    api.get("task/" + one.id + "/event_list?limit=" + PAGE).path("DATA")) {
                if (event.path("is_error").asBoolean(false)) {
                    text.append('\n').append(event.path("details").asText(""));
                }
            }
        } catch (IOException e) {
            LOG.debug("events of task {} are not to be had", one.id, e);
        }
        return text.toString();
    }

    private void ended(Watched one, Ended end) {
        watched.remove(one.id);
        one.end.complete(end);
    }

    private void fail(Watched one, Exception why) {
        watched.remove(one.id);
        one.end.completeExceptionally(why);
    }

    @Override
    public void close() {
        thread.shutdownNow();
        watched.values()
                .forEach(one -> one.end.completeExceptionally(new CancellationException("the storage was closed")));
        watched.clear();
    }
}
