package org.lightpipe.gpu.scattering;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.camel.util.json.DeserializationException;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.lightpipe.gpu.core.InvalidInputException;

/**
 * A calibrated geometry: where the detector is and how it is turned, as pyFAI's {@code .poni} files say it (versions 1,
 * 2 and 2.1). The point of normal incidence (PONI) is where a line from the sample meets the detector at right angles.
 *
 * @param file its name, for messages
 * @param distance from the sample to the PONI, in metres
 * @param poni1 the PONI along the slow axis (rows), in metres from the edge of the first pixel
 * @param poni2 the PONI along the fast axis (columns), in metres
 * @param rot1 rotation about the slow axis, in radians, left-handed
 * @param rot2 rotation about the fast axis, in radians, left-handed
 * @param rot3 rotation about the beam, in radians, right-handed
 * @param wavelength in metres; NaN = not known
 * @param detector its pixels
 */
record Poni(
        String file,
        double distance,
        double poni1,
        double poni2,
        double rot1,
        double rot2,
        double rot3,
        double wavelength,
        DetectorModel detector) {

    /** A geometry is a handful of lines; whoever appends each calibration to one file stays below this, too. */
    private static final long LARGEST_FILE = 1 << 20;

    private static final Set<String> VERSIONS = Set.of("1", "2", "2.1");

    static Poni read(Path path) throws InvalidInputException, IOException {
        String file = path.getFileName().toString();
        if (Files.size(path) > LARGEST_FILE) {
            throw new InvalidInputException(file + " is " + Files.size(path)
                    + " bytes long, which no .poni file is; give the geometry that pyFAI's calibration wrote");
        }
        return parse(file, new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
    }

    /** Where a key comes several times, the last one counts: calibrations are appended to one file. */
    static Poni parse(String file, String text) throws InvalidInputException {
        Lines lines = Lines.of(file, text);
        String version = lines.text("poni_version", "1");
        if (!VERSIONS.contains(version)) {
            throw lines.invalid("poni_version", "versions 1, 2 and 2.1 are known");
        }
        DetectorModel detector = version.equals("1") ? firstDetector(lines) : detector(lines);
        double distance = lines.number(lines.has("distance") ? "distance" : "dist");
        if (!(distance > 0)) {
            throw lines.invalid("distance", "it must be more than 0 (metres)");
        }
        double wavelength = lines.number("wavelength", Double.NaN);
        if (wavelength <= 0) {
            throw lines.invalid("wavelength", "it must be more than 0 (metres)");
        }
        return new Poni(
                file,
                distance,
                lines.number("poni1"),
                lines.number("poni2"),
                lines.number("rot1", 0),
                lines.number("rot2", 0),
                lines.number("rot3", 0),
                wavelength,
                detector);
    }

    private static DetectorModel firstDetector(Lines lines) throws InvalidInputException {
        if (!lines.text("splinefile", "none").equalsIgnoreCase("none")) {
            throw lines.invalid("splinefile", "a distorted detector is not supported; correct the frames first");
        }
        String name = lines.text("detector", "Detector");
        DetectorModel known = name.equalsIgnoreCase("detector")
                ? null
                : DetectorModel.named(name).orElse(null);
        if (known == null) {
            double height = lines.number("pixelsize1");
            double width = lines.number("pixelsize2");
            return generic(lines, "pixelsize1", name, height, width);
        }
        return known.withPixels(lines.number("pixelsize1", known.pixel1()), lines.number("pixelsize2", known.pixel2()));
    }

    private static DetectorModel detector(Lines lines) throws InvalidInputException {
        String name = lines.text("detector", "");
        JsonObject config = lines.json("detector_config");
        Double height = number(config, "pixel1");
        Double width = number(config, "pixel2");
        if (config.get("splineFile") != null || config.get("filename") != null) {
            throw lines.invalid(
                    "detector_config",
                    "a detector whose pixels are given in another file is not supported; correct the frames first");
        }
        DetectorModel model = DetectorModel.named(name).orElse(null);
        if (model == null) {
            if (height == null || width == null) {
                throw lines.invalid(
                        "detector",
                        "this detector is not known here and its Detector_config has no pixel1 and pixel2"
                                + " (metres); add them, or say Detector: Detector");
            }
            model = generic(lines, "detector_config", name, height, width);
        } else if (height != null && width != null) {
            model = model.withPixels(height, width);
        }
        Object shape = config.get("max_shape");
        if (shape instanceof JsonArray sides && sides.size() == 2) {
            model = model.withShape(side(lines, sides.get(0)), side(lines, sides.get(1)));
        }
        Double orientation = number(config, "orientation");
        // 0 means that nobody said
        if (orientation != null && orientation != 0) {
            if (orientation < 1 || orientation > 4) {
                throw lines.invalid("detector_config", "orientation may be 1 to 4");
            }
            model = model.oriented(orientation.intValue());
        }
        return model;
    }

    private static Double number(JsonObject config, String key) {
        return config.get(key) instanceof Number number ? number.doubleValue() : null;
    }

    private static int side(Lines lines, Object value) throws InvalidInputException {
        if (value instanceof Number number && number.intValue() > 0) {
            return number.intValue();
        }
        throw lines.invalid("detector_config", "max_shape must be two numbers of pixels");
    }

    private static DetectorModel generic(Lines lines, String key, String name, double height, double width)
            throws InvalidInputException {
        if (!(height > 0) || !(width > 0)) {
            throw lines.invalid(key, "the sizes of a pixel must be more than 0 (metres)");
        }
        return new DetectorModel(name, height, width, 0, 0, DetectorModel.Modules.NONE, DetectorModel.UNTURNED);
    }

    /** The {@code key: value} lines of the file, by their keys in small letters. */
    private record Lines(String file, Map<String, String> values, Map<String, Integer> numbers) {

        static Lines of(String file, String text) throws InvalidInputException {
            Map<String, String> values = new HashMap<>();
            Map<String, Integer> numbers = new HashMap<>();
            List<String> lines = text.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                int colon = line.indexOf(':');
                if (!line.startsWith("#") && colon > 0) {
                    String key = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
                    values.put(key, line.substring(colon + 1).strip());
                    numbers.put(key, i + 1);
                }
            }
            if (values.isEmpty()) {
                throw new InvalidInputException(
                        file + " holds no line like Distance: 0.1; give the .poni file of a calibration");
            }
            return new Lines(file, values, numbers);
        }

        boolean has(String key) {
            return values.containsKey(key);
        }

        String text(String key, String otherwise) {
            return values.getOrDefault(key, otherwise);
        }

        double number(String key) throws InvalidInputException {
            double number = number(key, Double.NaN);
            if (Double.isNaN(number)) {
                throw new InvalidInputException(
                        file + ": there is no line " + key + ": in it; give the .poni file of a calibration");
            }
            return number;
        }

        double number(String key, double otherwise) throws InvalidInputException {
            String text = values.get(key);
            if (text == null || text.equalsIgnoreCase("none")) {
                return otherwise;
            }
            try {
                double number = Double.parseDouble(text);
                if (!Double.isFinite(number)) {
                    throw invalid(key, "it must be a finite number");
                }
                return number;
            } catch (NumberFormatException e) {
                throw invalid(key, "it must be a number");
            }
        }

        JsonObject json(String key) throws InvalidInputException {
            String text = values.getOrDefault(key, "{}");
            try {
                if (Jsoner.deserialize(text) instanceof JsonObject json) {
                    return json;
                }
            } catch (DeserializationException e) {
                // falls through to the same words: the position within the line helps nobody
            }
            throw invalid(key, "it must be a JSON object such as {\"pixel1\": 7.5e-05, \"pixel2\": 7.5e-05}");
        }

        InvalidInputException invalid(String key, String mend) {
            Integer number = numbers.get(key);
            return new InvalidInputException(file + (number == null ? "" : ", line " + number) + ": " + key + " is "
                    + values.getOrDefault(key, "missing") + "; " + mend);
        }
    }
}
