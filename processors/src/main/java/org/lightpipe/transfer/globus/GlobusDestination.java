package org.lightpipe.transfer.globus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.lightpipe.config.Digest;
import org.lightpipe.config.Storage;
import org.lightpipe.config.TransferPolicy.Keep;
import org.lightpipe.core.KnownDirectories;
import org.lightpipe.transfer.Destination;
import org.lightpipe.transfer.Item;
import org.lightpipe.transfer.Meter;
import org.lightpipe.transfer.Outcome;
import org.lightpipe.transfer.Parallel;
import org.lightpipe.transfer.SourceStat;
import org.lightpipe.transfer.SourceStream;
import org.lightpipe.transfer.globus.Submissions.Found;
import org.lightpipe.transfer.globus.Submissions.Sent;
import org.lightpipe.transfer.globus.Submissions.Submission;
import org.lightpipe.transfer.globus.TaskWatch.Ended;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A Globus collection. A group of files is one task of Globus Transfer, with the SHA-256 of each, read here beforehand,
 * which Globus compares with what arrived. What is handed over is written down first, under the submission id that Globus
 * gave: after a crash the task is found again, and is never made twice. Nobody waits in a thread for a task.
 */
public final class GlobusDestination implements Destination {

    private static final Logger LOG = LoggerFactory.getLogger(GlobusDestination.class);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd HH:mm:ss'+00:00'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final int SUBMIT_ATTEMPTS = 3;
    private static final int PARALLEL = 8;
    private static final int REMOVAL_LOOKS = 60;

    /** Compare checksums: what is there already, with the same, is not sent again. */
    private static final int SYNC_BY_CHECKSUM = 3;

    private final Storage storage;
    private final GlobusSettings settings;
    private final Submissions submissions;
    private final GlobusApi api;
    private final TaskWatch watch;
    private final Parallel parallel;
    private final Clock clock;
    private final KnownDirectories known = new KnownDirectories();

    public GlobusDestination(Storage storage, JdbcTemplate jdbc, TransactionTemplate transactions) {
        this(storage, jdbc, transactions, System.getenv(), Clock.systemUTC());
    }

    GlobusDestination(
            Storage storage,
            JdbcTemplate jdbc,
            TransactionTemplate transactions,
            Map<String, String> environment,
            Clock clock) {
        this.storage = storage;
        this.settings = GlobusSettings.of(storage);
        this.submissions = new Submissions(jdbc, transactions, storage.name());
        this.api = new GlobusApi(settings, storage.name(), environment, clock);
        this.watch = new TaskWatch(api, storage.name(), settings.poll(), clock);
        this.parallel = new Parallel("transfer-" + storage.name(), PARALLEL);
        this.clock = clock;
    }

    /** A source that was read, and is to be handed over. */
    private record Ready(Item item, SourceStat before, Map<Digest, String> digests, Sent sent) {}

    @Override
    public CompletionStage<List<Outcome>> copy(List<Item> items, Meter meter) {
        Map<Long, Outcome> outcomes = new HashMap<>();
        List<Ready> ready = new ArrayList<>();
        for (Item item : items) {
            try {
                read(item, meter).ifPresentOrElse(ready::add, () -> outcomes.put(item.id(), new Outcome.Changed(item)));
            } catch (IOException | RuntimeException e) {
                outcomes.put(item.id(), new Outcome.Failed(item, e, false));
            }
        }
        List<CompletableFuture<List<Outcome>>> running = new ArrayList<>();
        try {
            running.addAll(handOver(ready));
        } catch (IOException | RuntimeException e) {
            running.add(CompletableFuture.completedFuture(failed(ready, e)));
        }
        return CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    running.forEach(one -> one.join()
                            .forEach(outcome -> outcomes.put(outcome.item().id(), outcome)));
                    return items.stream().map(item -> outcomes.get(item.id())).toList();
                });
    }

    /** Takes the digests; empty when the source is not what was found. */
    private Optional<Ready> read(Item item, Meter meter) throws IOException {
        String source = settings.source(item.source());
        SourceStat before = SourceStat.of(item.source());
        if (!item.isAsFound(before)) {
            return Optional.empty();
        }
        try (SourceStream bytes =
                new SourceStream(item.source(), storage.transfer().digests(), meter)) {
            bytes.transferTo(OutputStream.nullOutputStream());
            Map<Digest, String> digests = bytes.digests();
            if (!SourceStat.of(item.source()).equals(before)) {
                return Optional.empty();
            }
            Sent sent = new Sent(
                    item.temporary(),
                    source,
                    settings.target(item.temporary()),
                    before.size(),
                    digests.get(Digest.SHA256));
            return Optional.of(new Ready(item, before, digests, sent));
        }
    }

    private List<CompletableFuture<List<Outcome>>> handOver(List<Ready> ready) throws IOException {
        Map<String, Found> found = submissions.find(temporaries(ready));
        Map<Submission, List<Ready>> earlier = new LinkedHashMap<>();
        List<Ready> fresh = new ArrayList<>();
        for (Ready one : ready) {
            Found before = found.get(one.item().temporary());
            if (before == null) {
                fresh.add(one);
            } else {
                earlier.computeIfAbsent(before.submission(), key -> new ArrayList<>())
                        .add(one);
            }
        }
        List<CompletableFuture<List<Outcome>>> running = new ArrayList<>();
        earlier.forEach((submission, files) -> running.add(run(submission, files, found)));
        if (!fresh.isEmpty()) {
            createDirectories(fresh);
            UUID id = UUID.fromString(api.get("submission_id").path("value").asText());
            Submission submission = submissions.prepare(
                    id,
                    clock.instant().plus(settings.deadline()),
                    fresh.stream().map(Ready::sent).toList());
            running.add(run(submission, fresh, Map.of()));
        }
        return running;
    }

    private void createDirectories(List<Ready> files) throws IOException {
        for (Ready one : files) {
            createDirectories(parent(one.item().temporary()));
        }
    }

    private CompletableFuture<List<Outcome>> run(Submission submission, List<Ready> files, Map<String, Found> found) {
        String task;
        try {
            task = submission.task().isPresent() ? submission.task().get() : submit(submission);
        } catch (IOException | RuntimeException e) {
            if (e instanceof GlobusFailure failure && !failure.isUncertain()) {
                submissions.ended(temporaries(files));
            }
            return CompletableFuture.completedFuture(failed(files, e));
        }
        return watch.watch(task, submission.deadline()).handle((end, failure) -> {
            if (failure != null) {
                return unknown(files, failure);
            }
            return outcomes(files, found, end);
        });
    }

    /** Hands over all files of a submission, perhaps once more: for Globus it stays the same one. */
    private String submit(Submission submission) throws IOException {
        ObjectNode document = JSON.objectNode();
        document.put("DATA_TYPE", "transfer");
        document.put("submission_id", submission.id().toString());
        document.put("label", settings.label());
        document.put("source_endpoint", settings.source());
        document.put("destination_endpoint", settings.destination());
        document.put("sync_level", SYNC_BY_CHECKSUM);
        document.put("verify_checksum", true);
        document.put("preserve_timestamp", storage.transfer().keep().contains(Keep.TIMES));
        document.put("encrypt_data", false);
        document.put("deadline", TIME.format(submission.deadline()));
        document.put("skip_source_errors", false);
        document.put("fail_on_quota_errors", true);
        document.put("delete_destination_extra", false);
        document.put("notify_on_succeeded", false);
        document.put("notify_on_failed", false);
        document.put("notify_on_inactive", false);
        ArrayNode items = document.putArray("DATA");
        for (Sent file : submissions.files(submission.id())) {
            items.addObject()
                    .put("DATA_TYPE", "transfer_item")
                    .put("source_path", file.source())
                    .put("destination_path", file.target())
                    .put("recursive", false)
                    .put("external_checksum", file.sha256())
                    .put("checksum_algorithm", "SHA256");
        }
        for (int attempt = 1; ; attempt++) {
            try {
                // "Duplicate" is the answer to one that it has already: its task is as good.
                String task = api.post("transfer", document).path("task_id").asText("");
                if (task.isEmpty()) {
                    throw new IOException("Globus took a transfer and did not say as which task");
                }
                submissions.taken(submission.id(), task);
                return task;
            } catch (GlobusFailure e) {
                if (!e.isUncertain() || attempt == SUBMIT_ATTEMPTS) {
                    throw e;
                }
                pause(attempt);
            }
        }
    }

    private List<Outcome> outcomes(List<Ready> files, Map<String, Found> found, Ended end) {
        List<Outcome> outcomes = new ArrayList<>();
        List<String> over = new ArrayList<>();
        List<String> leftovers = new ArrayList<>();
        Set<Item> culprits = culprits(files, end);
        for (Ready one : files) {
            Outcome outcome = outcome(one, found, end, culprits);
            outcomes.add(outcome);
            if (!(outcome instanceof Outcome.Proved)) {
                over.add(one.item().temporary());
            }
            if (outcome instanceof Outcome.Changed || outcome instanceof Outcome.Failed) {
                leftovers.add(one.sent().target());
            }
        }
        try {
            submissions.ended(over);
        } catch (DataAccessException e) {
            // The next attempt finds the task, and that it has ended.
            LOG.warn("the catalog does not answer: {}", e.getMessage());
        }
        if (!leftovers.isEmpty()) {
            try {
                remove(leftovers);
            } catch (IOException e) {
                // The next attempt replaces them.
                LOG.debug("{} temporary copies were left behind", leftovers.size(), e);
            }
        }
        return outcomes;
    }

    private Outcome outcome(Ready one, Map<String, Found> found, Ended end, Set<Item> culprits) {
        Item item = one.item();
        Found before = found.get(item.temporary());
        if (before != null && !before.file().equals(one.sent())) {
            // What ended now was an older version of the file, or on another way: it is handed over anew.
            return new Outcome.NotBegun(item);
        }
        boolean arrived = end.targets().contains(one.sent().target()) || end.succeeded() && end.skipped() > 0;
        try {
            boolean unchanged = SourceStat.of(item.source()).equals(one.before());
            if (arrived && unchanged) {
                return new Outcome.Proved(item, one.before(), one.digests(), "digest of the far side");
            }
            if (!unchanged) {
                return new Outcome.Changed(item);
            }
        } catch (IOException e) {
            return new Outcome.Failed(item, e, false);
        }
        if (end.succeeded()) {
            return new Outcome.Failed(
                    item,
                    new IOException("Globus says that the task succeeded, but not that it transferred this file"),
                    false);
        }
        if (culprits.isEmpty()) {
            return new Outcome.Failed(item, new IOException(end.reason()), true);
        }
        return culprits.contains(item)
                ? new Outcome.Failed(item, new IOException(end.reason()), false)
                : new Outcome.NotBegun(item);
    }

    /** The files for which a task failed: the others of it are tried again at once. */
    private static Set<Item> culprits(List<Ready> files, Ended end) {
        Set<Item> culprits = new HashSet<>();
        for (Ready one : files) {
            boolean named = mentions(end.details(), one.sent().source())
                    || mentions(end.details(), one.sent().target());
            boolean unchanged;
            try {
                unchanged = SourceStat.of(one.item().source()).equals(one.before());
            } catch (IOException e) {
                unchanged = false;
            }
            if (!end.succeeded() && (named || !unchanged)) {
                culprits.add(one.item());
            }
        }
        return culprits;
    }

    /** A path, and not the beginning of a longer one. */
    private static boolean mentions(String text, String path) {
        for (int at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
            int after = at + path.length();
            if (after == text.length() || "\"'\n\r ,;:)".indexOf(text.charAt(after)) >= 0) {
                return true;
            }
        }
        return false;
    }

    private static List<Outcome> unknown(List<Ready> files, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof CancellationException) {
            return files.stream()
                    .map(one -> (Outcome) new Outcome.NotBegun(one.item()))
                    .toList();
        }
        Exception why = cause instanceof Exception e ? e : new IOException(cause);
        return files.stream()
                .map(one -> (Outcome) new Outcome.Failed(one.item(), why, true))
                .toList();
    }

    private static List<Outcome> failed(List<Ready> files, Exception why) {
        boolean ofStorage = why instanceof GlobusFailure failure && failure.isOfStorage();
        return files.stream()
                .map(one -> (Outcome) new Outcome.Failed(one.item(), why, ofStorage))
                .toList();
    }

    @Override
    public List<Outcome.Failed> publish(List<Outcome.Proved> copies) {
        List<Outcome.Failed> failed = parallel.each(copies, copy -> publish(copy.item())).stream()
                .flatMap(Optional::stream)
                .toList();
        // What could not be renamed is transferred again.
        submissions.ended(copies.stream().map(copy -> copy.item().temporary()).toList());
        return failed;
    }

    private Optional<Outcome.Failed> publish(Item item) {
        try {
            createDirectories(item.directory());
            rename(item);
            return Optional.empty();
        } catch (GlobusFailure e) {
            known.forget(item.directory());
            return Optional.of(new Outcome.Failed(item, e, e.isOfStorage()));
        } catch (IOException | RuntimeException e) {
            return Optional.of(new Outcome.Failed(item, e, false));
        }
    }

    private void rename(Item item) throws IOException {
        ObjectNode document = JSON.objectNode()
                .put("DATA_TYPE", "rename")
                .put("old_path", settings.target(item.temporary()))
                .put("new_path", settings.target(item.target()));
        boolean uncertain = false;
        for (int attempt = 1; ; attempt++) {
            try {
                api.post("operation/endpoint/" + settings.destination() + "/rename", document);
                return;
            } catch (GlobusFailure e) {
                if (uncertain && e.isMissing() && size(item.target()) == item.size()) {
                    // The answer to the first time was lost.
                    return;
                }
                if (attempt == SUBMIT_ATTEMPTS) {
                    throw e;
                }
                if (e.isExisting()) {
                    // Some collections do not replace a file.
                    removeAndWait(List.of(settings.target(item.target())));
                } else if (e.isUncertain()) {
                    uncertain = true;
                    pause(attempt);
                } else {
                    throw e;
                }
            }
        }
    }

    /** Size of a file in the destination; -1 when there is none. */
    private long size(String path) throws IOException {
        try {
            return api.get("operation/endpoint/" + settings.destination() + "/stat?path="
                            + URLEncoder.encode(settings.target(path), StandardCharsets.UTF_8))
                    .path("size")
                    .asLong(-1);
        } catch (GlobusFailure e) {
            if (e.isMissing()) {
                return -1;
            }
            throw e;
        }
    }

    private void createDirectories(String directory) throws IOException {
        if (known.contains(directory)) {
            return;
        }
        createDirectories(parent(directory));
        try {
            api.post(
                    "operation/endpoint/" + settings.destination() + "/mkdir",
                    JSON.objectNode().put("DATA_TYPE", "mkdir").put("path", settings.target(directory)));
        } catch (GlobusFailure e) {
            if (!e.isExisting()) {
                throw e;
            }
        }
        known.add(directory);
    }

    /** Copies that a task is still writing are left to it: the next attempt finds it again. */
    @Override
    public void discard(List<Item> items) throws IOException {
        Map<String, Found> found =
                submissions.find(items.stream().map(Item::temporary).toList());
        Map<String, Boolean> active = new HashMap<>();
        List<String> free = new ArrayList<>();
        for (Item item : items) {
            Optional<String> task = Optional.ofNullable(found.get(item.temporary()))
                    .flatMap(one -> one.submission().task());
            if (task.isPresent() && !active.containsKey(task.get())) {
                active.put(task.get(), isActive(task.get()));
            }
            if (task.isEmpty() || !active.get(task.get())) {
                free.add(item.temporary());
            }
        }
        if (!free.isEmpty()) {
            removeAndWait(free.stream().map(settings::target).toList());
            submissions.ended(free);
        }
    }

    private boolean isActive(String task) throws IOException {
        try {
            String status = api.get("task/" + task).path("status").asText();
            return !status.equals("SUCCEEDED") && !status.equals("FAILED");
        } catch (GlobusFailure e) {
            if (e.isMissing()) {
                return false;
            }
            throw e;
        }
    }

    private void removeAndWait(List<String> paths) throws IOException {
        String task = remove(paths);
        for (int look = 0; look < REMOVAL_LOOKS; look++) {
            if (!isActive(task)) {
                return;
            }
            pause(1);
        }
        throw new IOException("Globus has not removed " + paths.size() + " files yet");
    }

    /** The task that does it. */
    private String remove(Collection<String> paths) throws IOException {
        ObjectNode document = JSON.objectNode();
        document.put("DATA_TYPE", "delete");
        document.put("submission_id", api.get("submission_id").path("value").asText());
        document.put("label", settings.label());
        document.put("endpoint", settings.destination());
        document.put("recursive", false);
        document.put("ignore_missing", true);
        document.put("notify_on_succeeded", false);
        document.put("notify_on_failed", false);
        document.put("notify_on_inactive", false);
        ArrayNode items = document.putArray("DATA");
        paths.forEach(path -> items.addObject().put("DATA_TYPE", "delete_item").put("path", path));
        JsonNode answer = api.post("delete", document);
        return answer.path("task_id").asText();
    }

    private void pause(int attempt) throws InterruptedIOException {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.min(settings.poll().toMillis(), 1000) * attempt);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static List<String> temporaries(List<Ready> files) {
        return files.stream().map(one -> one.item().temporary()).collect(Collectors.toList());
    }

    /** Globus does not tell. */
    @Override
    public OptionalLong free() {
        return OptionalLong.empty();
    }

    /** Tasks go on without the hub, which finds them again. */
    @Override
    public void close() {
        watch.close();
        parallel.close();
        api.close();
    }
}
