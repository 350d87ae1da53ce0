package org.lightpipe.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.util.json.JsonObject;
import org.lightpipe.gpu.hdf5.Hdf5Writer;
import org.lightpipe.gpu.technique.Summary;

/**
 * Where a result comes from, as {@code /entry/process} (NXprocess) of its file: program, version, date, backend, device,
 * times, and notes with the input, the parameters and the metrics as JSON.
 *
 * @param technique the name of the technique
 * @param backend the backend that computed it
 * @param device the name of the device
 * @param input the name of the input
 * @param size the bytes of the input file; empty for frames in memory
 * @param sha256 the digest of the input file; empty for frames in memory, and where it would have taken too long
 * @param readSeconds until the input was read and checked, and later waiting for frames of it
 * @param computeSeconds in between
 * @param date when it was computed
 */
record Provenance(
        String technique,
        String backend,
        String device,
        String input,
        Optional<Long> size,
        Optional<String> sha256,
        double readSeconds,
        double computeSeconds,
        Instant date) {

    private static final String PROCESS = "/entry/process";
    private static final String VERSION = version();

    /** Writes all of it, and what the technique says. */
    void write(Hdf5Writer file, Summary summary) throws IOException {
        file.group(PROCESS, "NXprocess");
        text(file, "program", "lightpipe gpu:" + technique);
        text(file, "version", VERSION);
        text(file, "date", date.truncatedTo(ChronoUnit.SECONDS).toString());
        text(file, "title", summary.title());
        text(file, "backend", backend);
        text(file, "device", device);
        file.dataset(PROCESS + "/seconds_read", readSeconds, "s");
        file.dataset(PROCESS + "/seconds_compute", computeSeconds, "s");
        note(file, "input", "the data that were reduced");
        text(file, "input/file_name", input);
        if (size.isPresent()) {
            file.dataset(PROCESS + "/input/size", size.get(), "bytes");
        }
        if (sha256.isPresent()) {
            text(file, "input/sha256", sha256.get());
        }
        json(file, "parameters", "what the technique worked with, chosen values included", summary.parameters());
        json(file, "metrics", "the headline numbers", summary.metrics());
    }

    private static void note(Hdf5Writer file, String name, String description) throws IOException {
        file.group(PROCESS + "/" + name, "NXnote");
        text(file, name + "/description", description);
    }

    private static void json(Hdf5Writer file, String name, String description, Map<String, Object> values)
            throws IOException {
        note(file, name, description);
        text(file, name + "/type", "application/json");
        text(file, name + "/data", new JsonObject(values).toJson());
    }

    private static void text(Hdf5Writer file, String name, String value) throws IOException {
        file.dataset(PROCESS + "/" + name, value, "");
    }

    private static String version() {
        try (InputStream in = Provenance.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
