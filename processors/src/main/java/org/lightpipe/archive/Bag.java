package org.lightpipe.archive;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A bag as the catalog has it, with its dataset.
 *
 * @param id row in the catalog
 * @param claimedBy run of the hub that works on it
 * @param datasetId row of its dataset
 * @param tape directory of the tape library
 * @param path path of the tar in the library
 * @param algorithm algorithm of its manifests
 * @param plannedAt when it was planned
 * @param size size of the tar in bytes, -1 before it was proved
 * @param digest SHA-256 of the tar, empty before it was proved
 * @param experiment name of the experiment
 * @param title title of the experiment
 * @param beamline beamline of the experiment
 * @param rootPath directory of the experiment in storage
 * @param dataset name of the dataset
 * @param part part of the dataset
 * @param files number of files of the dataset
 * @param bytes their total size
 */
record Bag(
        long id,
        long claimedBy,
        long datasetId,
        String tape,
        String path,
        ManifestAlgorithm algorithm,
        Instant plannedAt,
        long size,
        String digest,
        String experiment,
        String title,
        String beamline,
        String rootPath,
        String dataset,
        int part,
        long files,
        long bytes) {

    /** Place of a file in storage. */
    String storagePath(PayloadFile file) {
        return rootPath + "/data/" + file.path();
    }

    BagLayout layout() {
        String identifier = experiment + "/" + dataset + (part == 1 ? "" : "~" + part);
        Map<String, String> information = new LinkedHashMap<>();
        information.put(
                "Bagging-Date", plannedAt.atZone(ZoneOffset.UTC).toLocalDate().toString());
        information.put("External-Identifier", identifier);
        information.put("External-Description", title);
        information.put("Bag-Group-Identifier", experiment);
        information.put("Bag-Size", humanSize(bytes));
        information.put("Bag-Software-Agent", "Lightpipe");
        information.put("Lightpipe-Beamline", beamline);
        information.put("Lightpipe-Dataset-Id", String.valueOf(datasetId));
        return new BagLayout(
                BagNames.topDirectory(experiment, dataset, part, datasetId), algorithm, files, bytes, information);
    }

    @Override
    public String toString() {
        return "bag " + id + " (" + path + ")";
    }

    private static String humanSize(long bytes) {
        String[] units = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
        double size = bytes;
        int unit = 0;
        while (size >= 1000 && unit < units.length - 1) {
            size /= 1000;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(java.util.Locale.ROOT, "%.1f %s", size, units[unit]);
    }
}
