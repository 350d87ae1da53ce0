package org.lightpipe.gpu.scattering;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A flat detector with a regular grid of pixels.
 *
 * @param name as the .poni file says it
 * @param pixel1 height of a pixel in metres
 * @param pixel2 width of a pixel in metres
 * @param rows of a frame; 0 = not known
 * @param columns of a frame; 0 = not known
 * @param modules the grid of its modules, whose gaps count nothing
 * @param orientation where the first pixel is, from 1 to 4 as pyFAI counts; 3 turns nothing
 */
record DetectorModel(
        String name, double pixel1, double pixel2, int rows, int columns, Modules modules, int orientation) {

    /** The orientation of files that do not say one. */
    static final int UNTURNED = 3;

    private static final double PILATUS = 172e-6;
    private static final double EIGER = 75e-6;
    private static final Modules PILATUS_MODULES = new Modules(195, 487, 17, 7, 0);
    private static final Modules PILATUS_CDTE_MODULES = new Modules(195, 487, 17, 7, 3);
    private static final Modules EIGER_MODULES = new Modules(514, 1030, 37, 10, 0);
    private static final Modules EIGER2_MODULES = new Modules(512, 1028, 38, 12, 0);
    private static final Modules EIGER2_CDTE_MODULES = new Modules(512, 1028, 38, 12, 2);
    private static final Map<String, DetectorModel> KNOWN = known();

    /**
     * The grid of modules.
     *
     * @param rows of a module; 0 = one piece without gaps
     * @param columns of a module
     * @param gapRows between two modules
     * @param gapColumns between two modules
     * @param middle columns in the middle of each module that count nothing (two sensors side by side)
     */
    record Modules(int rows, int columns, int gapRows, int gapColumns, int middle) {

        static final Modules NONE = new Modules(0, 0, 0, 0, 0);

        boolean isGap(int row, int column) {
            if (rows == 0) {
                return false;
            }
            int within = column % (columns + gapColumns);
            int first = columns / 2 - middle / 2;
            return row % (rows + gapRows) >= rows || within >= columns || within >= first && within < first + middle;
        }
    }

    /** A detector of a well-known make, by the name that a .poni file has for it. */
    static Optional<DetectorModel> named(String name) {
        return Optional.ofNullable(KNOWN.get(key(name)));
    }

    DetectorModel oriented(int turned) {
        return new DetectorModel(name, pixel1, pixel2, rows, columns, modules, turned);
    }

    DetectorModel withPixels(double height, double width) {
        return new DetectorModel(name, height, width, rows, columns, modules, orientation);
    }

    DetectorModel withShape(int height, int width) {
        return new DetectorModel(name, pixel1, pixel2, height, width, modules, orientation);
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    }

    private static Map<String, DetectorModel> known() {
        Map<String, DetectorModel> known = new HashMap<>();
        add(known, "Pilatus", PILATUS, 0, 0, PILATUS_MODULES);
        add(known, "Pilatus100k", PILATUS, 195, 487, PILATUS_MODULES);
        add(known, "Pilatus200k", PILATUS, 407, 487, PILATUS_MODULES);
        add(known, "Pilatus300k", PILATUS, 619, 487, PILATUS_MODULES);
        add(known, "Pilatus300kw", PILATUS, 195, 1475, PILATUS_MODULES);
        add(known, "Pilatus1M", PILATUS, 1043, 981, PILATUS_MODULES);
        add(known, "Pilatus2M", PILATUS, 1679, 1475, PILATUS_MODULES);
        add(known, "Pilatus6M", PILATUS, 2527, 2463, PILATUS_MODULES);
        add(known, "PilatusCdTe300k", PILATUS, 619, 487, PILATUS_CDTE_MODULES);
        add(known, "PilatusCdTe300kw", PILATUS, 195, 1475, PILATUS_CDTE_MODULES);
        add(known, "PilatusCdTe900kw", PILATUS, 195, 4439, PILATUS_CDTE_MODULES);
        add(known, "PilatusCdTe1M", PILATUS, 1043, 981, PILATUS_CDTE_MODULES);
        add(known, "PilatusCdTe2M", PILATUS, 1679, 1475, PILATUS_CDTE_MODULES);
        add(known, "Eiger", EIGER, 0, 0, EIGER_MODULES);
        add(known, "Eiger2", EIGER, 0, 0, EIGER2_MODULES);
        add(known, "Eiger2CdTe", EIGER, 0, 0, EIGER2_CDTE_MODULES);
        add(known, "Eiger500k", EIGER, 514, 1030, EIGER_MODULES);
        add(known, "Eiger1M", EIGER, 1065, 1030, EIGER_MODULES);
        add(known, "Eiger4M", EIGER, 2167, 2070, EIGER_MODULES);
        add(known, "Eiger9M", EIGER, 3269, 3110, EIGER_MODULES);
        add(known, "Eiger16M", EIGER, 4371, 4150, EIGER_MODULES);
        for (String sensor : new String[] {"Eiger2_", "Eiger2CdTe_"}) {
            Modules modules = sensor.contains("CdTe") ? EIGER2_CDTE_MODULES : EIGER2_MODULES;
            add(known, sensor + "500k", EIGER, 512, 1028, modules);
            add(known, sensor + "1M", EIGER, 1062, 1028, modules);
            add(known, sensor + "1MW", EIGER, 512, 2068, modules);
            add(known, sensor + "2MW", EIGER, 512, 4148, modules);
            add(known, sensor + "4M", EIGER, 2162, 2068, modules);
            add(known, sensor + "9M", EIGER, 3262, 3108, modules);
            add(known, sensor + "16M", EIGER, 4362, 4148, modules);
        }
        return known;
    }

    private static void add(
            Map<String, DetectorModel> known, String name, double pixel, int rows, int columns, Modules modules) {
        known.put(key(name), new DetectorModel(name, pixel, pixel, rows, columns, modules, UNTURNED));
    }
}
