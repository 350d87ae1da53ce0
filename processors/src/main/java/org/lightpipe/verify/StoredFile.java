package org.lightpipe.verify;

import java.util.List;

/**
 * A file as the catalog knows it.
 *
 * @param id its id
 * @param experimentId id of its experiment
 * @param experiment name of its experiment
 * @param beamline beamline of the experiment, whose storage it is in
 * @param rootPath directory of the experiment, relative to the root of its storage
 * @param path relative to the data directory of the experiment
 * @param size in bytes
 * @param digest SHA-256 in hexadecimal
 * @param generation counts how often its source was taken again
 * @param copies names of further storages that it is in
 */
record StoredFile(
        long id,
        long experimentId,
        String experiment,
        String beamline,
        String rootPath,
        String path,
        long size,
        String digest,
        int generation,
        List<String> copies) {

    /** Where it is, relative to the root of its storage. */
    String storagePath() {
        return dataDirectory() + "/" + path;
    }

    /** The directory of all data of its experiment. */
    String dataDirectory() {
        return rootPath + "/data";
    }
}
