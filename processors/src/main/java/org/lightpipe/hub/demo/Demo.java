package org.lightpipe.hub.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.lightpipe.core.Sha256;
import org.lightpipe.hub.client.HubClient;

/** Takes one scan through the nine steps of a hub, by its public interfaces alone, and proves each step by itself. */
final class Demo {

    /** The nine steps, in their order. */
    static final List<String> STEPS = List.of(
            "experiment", "acquire", "transfer", "catalog", "trigger", "process", "publish", "archive", "operate");

    private static final long PATIENCE_SECONDS = 180;
    private static final double LIKENESS = 0.9;

    private final HubClient hub;
    private final Path state;
    private final Optional<Path> data;
    private final double megabytesPerSecond;
    private final Consumer<Proof> told;
    private final ObjectMapper json = new ObjectMapper();
    private final List<Proof> proofs = new ArrayList<>();
    private final String experiment =
            "demo-" + LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS"));
    private long begin;
    private Path source;
    private String sourceDigest;
    private JsonNode dataset;
    private long monitor;

    /**
     * @param hub the hub
     * @param state its state directory, to look at what it wrote
     * @param data the file to replay; absent for a simulated scan
     * @param megabytesPerSecond rate of the detector
     * @param told hears of every proof
     */
    Demo(HubClient hub, Path state, Optional<Path> data, double megabytesPerSecond, Consumer<Proof> told) {
        this.hub = hub;
        this.state = state;
        this.data = data;
        this.megabytesPerSecond = megabytesPerSecond;
        this.told = told;
    }

    /** All nine steps; stops at the first whose proof does not hold. */
    List<Proof> run() throws Exception {
        List<Callable<Proof>> steps = List.of(
                this::experiment,
                this::acquire,
                this::transfer,
                this::catalog,
                this::trigger,
                this::process,
                this::publish,
                this::archive,
                this::operate);
        for (Callable<Proof> step : steps) {
            begin = System.nanoTime();
            Proof proof = step.call();
            proofs.add(proof);
            told.accept(proof);
            if (!proof.holds()) {
                break;
            }
        }
        return List.copyOf(proofs);
    }

    private Proof experiment() throws Exception {
        hub.post(
                "/api/v1/experiments?source=form.yaml",
                "name: " + experiment + "\nbeamline: demo\ntitle: Demonstration\nusers:\n  - {name: ada, role: PI}\n");
        await("the experiment", "/api/v1/experiments", list -> {
            JsonNode row = find(list, "name", experiment);
            refuseFailed(row);
            return "READY".equals(row.path("state").asText());
        });
        Path directory = storage().resolve("data");
        boolean made =
                Files.isDirectory(directory) && Files.isDirectory(storage().resolve("analysis"));
        Object mode = Files.getAttribute(directory, "unix:mode");
        int bits = (Integer) mode & 07777;
        return proof(
                "experiment",
                "experiment recorded, directories made",
                made && bits == 02770,
                "data/ and analysis/ are there, mode " + Integer.toOctalString(bits) + ", "
                        + Files.getOwner(directory).getName() + ":"
                        + Files.readAttributes(directory, java.nio.file.attribute.PosixFileAttributes.class)
                                .group()
                                .getName());
    }

    private Proof acquire() throws Exception {
        Path watched = state.resolve("detector").resolve(experiment);
        Files.createDirectories(watched);
        Path original = data.isPresent() ? data.get() : simulated(watched.resolveSibling("." + experiment + ".h5"));
        monitor = hub.post(
                        "/api/v1/daqs",
                        json.writeValueAsString(Map.of("experiment", experiment, "directory", watched.toString())))
                .path("id")
                .asLong();
        source = watched.resolve("scan_001")
                .resolve(data.isPresent() ? original.getFileName().toString() : "tomo.h5");
        new Detector(megabytesPerSecond).write(original, source);
        sourceDigest = Sha256.of(original).digest();
        if (data.isEmpty()) {
            Files.delete(original);
        }
        JsonNode datasets =
                await("the file in the catalog", "/api/v1/datasets?experiment=" + experiment, list -> !list.isEmpty());
        long id = datasets.get(0).path("id").asLong();
        dataset = await(
                "the file in the catalog",
                "/api/v1/datasets/" + id,
                answer -> answer.path("files").size() > 0);
        JsonNode file = dataset.path("files").get(0);
        boolean whole = file.path("size").asLong() == Files.size(source);
        return proof(
                "acquire",
                "detector wrote " + source.getFileName() + " at "
                        + String.format(Locale.ROOT, "%.0f MB/s", megabytesPerSecond),
                whole,
                "found once, whole: " + file.path("size").asLong() + " of " + Files.size(source) + " bytes");
    }

    private Path simulated(Path file) {
        new SimulatedScan(Phantom.capillary(), experiment.hashCode()).write(file, "capillary with grains");
        return file;
    }

    private Proof transfer() throws Exception {
        refresh(
                "the transfer",
                answer -> !answer.path("files").get(0).path("digest").isNull());
        JsonNode file = dataset.path("files").get(0);
        Path stored = stored();
        String storedDigest = Files.exists(stored) ? Sha256.of(stored).digest() : "nothing";
        String known = file.path("digest").asText();
        return proof(
                "transfer",
                "copied to storage, read back, renamed",
                sourceDigest.equals(storedDigest) && sourceDigest.equals(known),
                "SHA-256 of source, storage and catalog are equal: " + sourceDigest.substring(0, 16) + "…");
    }

    private Proof catalog() throws Exception {
        refresh("the dataset", answer -> !"OPEN".equals(answer.path("state").asText()));
        return proof(
                "catalog",
                "dataset " + dataset.path("name").asText() + " is complete",
                dataset.path("file_count").asLong() == 1
                        && dataset.path("byte_count").asLong() == Files.size(source),
                dataset.path("file_count").asLong() + " file, "
                        + dataset.path("byte_count").asLong() + " bytes, catalogued");
    }

    private Proof trigger() throws Exception {
        refresh("the rules", answer -> "TRIGGERED".equals(answer.path("state").asText()));
        List<String> workflows = new ArrayList<>();
        dataset.path("jobs").forEach(job -> workflows.add(job.path("workflow").asText()));
        boolean expected = data.isPresent() || workflows.contains("tomography");
        return proof(
                "trigger",
                workflows.isEmpty() ? "no rule fits this file" : "rules chose " + String.join(", ", workflows),
                expected && workflows.stream().distinct().count() == workflows.size(),
                workflows.size() + " jobs, none twice");
    }

    private Proof process() throws Exception {
        refresh("the jobs", answer -> {
            answer.path("jobs").forEach(Demo::refuseFailed);
            return allDone(answer.path("jobs"));
        });
        int equal = 0;
        int results = 0;
        for (JsonNode result : dataset.path("results")) {
            results++;
            Path file =
                    storage().resolve("analysis").resolve(result.path("path").asText());
            if (Files.exists(file)
                    && Sha256.of(file).digest().equals(result.path("digest").asText())) {
                equal++;
            }
        }
        boolean complete =
                equal == results && (results > 0 || dataset.path("jobs").isEmpty());
        String words = equal + " of " + results + " results are what the catalog says";
        if (data.isEmpty()) {
            double likeness = likeness();
            return proof(
                    "process",
                    "slice reconstructed, images reduced",
                    complete && likeness >= LIKENESS,
                    words + String.format(Locale.ROOT, "; slice is like the truth: %.3f", likeness));
        }
        return proof("process", dataset.path("jobs").size() + " jobs done", complete, words);
    }

    /** The simulated sample is known: what was reconstructed must look like it. */
    private double likeness() throws IOException {
        for (JsonNode result : dataset.path("results")) {
            String path = result.path("path").asText();
            if (path.endsWith("_tomography.h5")) {
                try (HdfFile hdf = new HdfFile(storage().resolve("analysis").resolve(path))) {
                    float[][] slice =
                            (float[][]) hdf.getDatasetByPath("/entry/data/data").getData();
                    double[][] found = new double[slice.length][slice.length];
                    for (int row = 0; row < slice.length; row++) {
                        for (int column = 0; column < slice.length; column++) {
                            found[row][column] = slice[row][column];
                        }
                    }
                    return Likeness.inCircle(found, Phantom.capillary().slice(slice.length));
                }
            }
        }
        return 0;
    }

    private Proof publish() throws Exception {
        refresh("the portal", answer -> {
            answer.path("publications").forEach(Demo::refuseFailed);
            return answer.path("publications").size() == 1
                    && "PUBLISHED"
                            .equals(answer.path("publications")
                                    .get(0)
                                    .path("state")
                                    .asText());
        });
        JsonNode mine = as("ada").get("/api/v1/records?q=" + HubClient.encoded(experiment));
        JsonNode others = as("eve").get("/api/v1/records?q=" + HubClient.encoded(experiment));
        boolean found =
                mine.path("records").size() == 1 && others.path("records").isEmpty();
        String preview = "no preview";
        boolean same = true;
        if (found && mine.path("records").get(0).path("preview").asBoolean()) {
            long id = mine.path("records").get(0).path("id").asLong();
            String digest = Sha256.of(as("ada").bytes("/api/v1/records/" + id + "/preview"));
            same = contains(dataset.path("results"), "digest", digest);
            preview = "preview equals the result";
        }
        return proof(
                "publish",
                "record in the portal",
                found && same,
                "ada of the experiment finds it, eve does not; " + preview);
    }

    private Proof archive() throws Exception {
        refresh("the tape", answer -> {
            answer.path("bags").forEach(Demo::refuseFailed);
            return answer.path("bags").size() == 1
                    && "RELEASED"
                            .equals(answer.path("bags").get(0).path("state").asText());
        });
        JsonNode bag = dataset.path("bags").get(0);
        Path tape = Path.of(bag.path("tape").asText()).resolve(bag.path("path").asText());
        boolean onTape = Sha256.of(tape).digest().equals(bag.path("digest").asText());
        boolean released = !Files.exists(stored());
        long recall = hub.post(
                        "/api/v1/recalls", "{\"dataset\": " + dataset.path("id").asLong() + "}")
                .path("id")
                .asLong();
        await("the recall", "/api/v1/recalls/" + recall, answer -> {
            refuseFailed(answer);
            return "ONLINE".equals(answer.path("state").asText());
        });
        boolean back = Files.exists(stored()) && Files.mismatch(stored(), source) == -1;
        return proof(
                "archive",
                "bag on tape, disk released, recalled",
                onTape && released && back,
                "bag's SHA-256 read back; disk copy gone; recalled file is byte for byte the source");
    }

    private Proof operate() throws Exception {
        hub.delete("/api/v1/daqs/" + monitor);
        JsonNode status = await("an idle hub", "/api/v1/status", answer -> {
            long waiting = 0;
            for (JsonNode step : answer.path("steps")) {
                waiting += step.path("waiting").asLong() + step.path("busy").asLong();
            }
            return waiting == 0;
        });
        long held = 0;
        for (JsonNode step : status.path("steps")) {
            held += step.path("failed").asLong();
        }
        return proof(
                "operate",
                "monitor stopped, nothing waits",
                held == 0,
                "0 items waiting, 0 in work, " + held + " held for a person");
    }

    private Proof proof(String step, String what, boolean holds, String words) {
        return new Proof(proofs.size() + 1, step, what, (System.nanoTime() - begin) / 1e9, holds, words);
    }

    private HubClient as(String user) throws IOException, InterruptedException {
        return hub.as(hub.post("/api/v1/tokens", json.writeValueAsString(Map.of("user", user, "for", "1h")))
                .path("token")
                .asText());
    }

    private Path storage() {
        return state.resolve("storage").resolve("demo").resolve(experiment);
    }

    private Path stored() {
        return storage()
                .resolve("data")
                .resolve(dataset.path("files").get(0).path("path").asText());
    }

    private void refresh(String what, Predicate<JsonNode> done) throws IOException, InterruptedException {
        dataset = await(what, "/api/v1/datasets/" + dataset.path("id").asLong(), answer -> {
            refuseFailed(answer);
            answer.path("files").forEach(Demo::refuseFailed);
            return done.test(answer);
        });
    }

    private JsonNode await(String what, String path, Predicate<JsonNode> done)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end) {
            JsonNode answer = hub.get(path);
            if (done.test(answer)) {
                return answer;
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("waited " + PATIENCE_SECONDS + " s for " + what + " in vain");
    }

    private static void refuseFailed(JsonNode item) {
        if ("FAILED".equals(item.path("state").asText())) {
            throw new IllegalStateException(
                    "the hub holds it for a person: " + item.path("reason").asText());
        }
    }

    private static boolean allDone(JsonNode jobs) {
        for (JsonNode job : jobs) {
            if (!"DONE".equals(job.path("state").asText())) {
                return false;
            }
        }
        return true;
    }

    private static JsonNode find(JsonNode list, String field, String value) {
        for (JsonNode item : list) {
            if (item.path(field).asText().equals(value)) {
                return item;
            }
        }
        throw new IllegalStateException("no " + field + " " + value + " in the hub's answer");
    }

    private static boolean contains(JsonNode list, String field, String value) {
        for (JsonNode item : list) {
            if (item.path(field).asText().equals(value)) {
                return true;
            }
        }
        return false;
    }
}
