package org.lightpipe.gpu;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableDataset;
import io.jhdf.api.WritableGroup;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.camel.util.json.JsonObject;

/**
 * A result as a NeXus file: {@code /entry/data} (NXdata, whose signal a viewer shows at once) and {@code /entry/process}
 * (NXprocess: program, version, date, backend, and notes with the input, the parameters and the metrics as JSON).
 */
final class NexusFile {

    private static final String VERSION = version();

    private NexusFile() {}

    /** Writes a new file and reads the images back, because the writer does not look at what the disk took. */
    static void write(Path path, TechniqueResult result, Provenance provenance) throws IOException {
        try (WritableHdfFile file = HdfFile.write(path)) {
            file.putAttribute("NX_class", "NXroot");
            file.putAttribute("default", "entry");
            file.putAttribute("creator", "lightpipe");
            WritableGroup entry = group(file, "entry", "NXentry");
            entry.putAttribute("default", "data");
            entry.putDataset("title", result.title());
            putData(entry, result);
            putProcess(entry, result, provenance);
        } catch (HdfException e) {
            throw new IOException(path + " cannot be written: " + e.getMessage(), e);
        }
        try (HdfFile file = new HdfFile(path)) {
            for (TechniqueResult.Image image : result.images()) {
                Object stored =
                        file.getDatasetByPath("/entry/data/" + image.name()).getData();
                if (!Arrays.deepEquals((Object[]) stored, image.pixels())) {
                    throw new IOException(path + ": the image " + image.name() + " reads back different");
                }
            }
        } catch (HdfException e) {
            throw new IOException(path + " cannot be read back: " + e.getMessage(), e);
        }
    }

    private static void putData(WritableGroup entry, TechniqueResult result) {
        WritableGroup data = group(entry, "data", "NXdata");
        TechniqueResult.Image signal = result.images().get(0);
        data.putAttribute("signal", signal.name());
        data.putAttribute("axes", new String[] {"y", "x"});
        String[] others = result.images().stream()
                .skip(1)
                .map(TechniqueResult.Image::name)
                .toArray(String[]::new);
        if (others.length > 0) {
            data.putAttribute("auxiliary_signals", others);
        }
        for (TechniqueResult.Image image : result.images()) {
            WritableDataset dataset = data.putDataset(image.name(), image.pixels());
            dataset.putAttribute("long_name", image.description());
            if (!image.units().isEmpty()) {
                dataset.putAttribute("units", image.units());
            }
        }
        putAxis(data, "y", signal.pixels().length);
        putAxis(data, "x", signal.pixels()[0].length);
    }

    private static void putAxis(WritableGroup data, String name, int length) {
        data.putDataset(name, IntStream.range(0, length).toArray()).putAttribute("units", "pixel");
    }

    private static void putProcess(WritableGroup entry, TechniqueResult result, Provenance provenance) {
        WritableGroup process = group(entry, "process", "NXprocess");
        process.putDataset("program", "lightpipe gpu:" + provenance.technique());
        process.putDataset("version", VERSION);
        process.putDataset(
                "date", provenance.date().truncatedTo(ChronoUnit.SECONDS).toString());
        process.putDataset("backend", provenance.backend());
        WritableGroup input = group(process, "input", "NXnote");
        input.putDataset("file_name", provenance.inputName());
        input.putDataset("size", provenance.inputSize()).putAttribute("units", "bytes");
        putJson(process, "parameters", result.parameters());
        putJson(process, "metrics", result.metrics());
    }

    private static void putJson(WritableGroup process, String name, Map<String, Object> values) {
        WritableGroup note = group(process, name, "NXnote");
        note.putDataset("type", "application/json");
        note.putDataset("data", new JsonObject(values).toJson());
    }

    private static WritableGroup group(WritableGroup parent, String name, String nexusClass) {
        WritableGroup group = parent.putGroup(name);
        group.putAttribute("NX_class", nexusClass);
        return group;
    }

    private static String version() {
        try (InputStream in = NexusFile.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
