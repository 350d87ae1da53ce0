package org.lightpipe.workflow;

/**
 * A dataset and the experiment it belongs to.
 *
 * @param id id in the catalog
 * @param name name of the scan
 * @param part 1 for the dataset itself; more for files that came after it was complete
 * @param state state in the catalog
 * @param experiment name of the experiment
 * @param beamline name of the beamline
 * @param rootPath directory of the experiment, relative to the root of its storage
 */
record Dataset(long id, String name, int part, String state, String experiment, String beamline, String rootPath) {

    /** Name of its directory among the results; no name of a dataset has a {@code ~} in it. */
    String directoryName() {
        return part == 1 ? name : name + "~" + part;
    }
}
