package org.lightpipe.portal;

import java.nio.file.Path;

/** Tells where on this machine the results of an experiment lie. */
@FunctionalInterface
public interface AnalysisDirectories {

    /**
     * The analysis directory of an experiment.
     *
     * @param beamline name of the experiment's beamline
     * @param rootPath the experiment's path below its storage
     */
    Path of(String beamline, String rootPath);
}
