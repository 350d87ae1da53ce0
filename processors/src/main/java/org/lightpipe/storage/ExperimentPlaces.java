package org.lightpipe.storage;

import java.nio.file.Path;
import java.util.Optional;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.core.RootedPath;

/** Where on this machine the data and the results of an experiment lie. Thread-safe. */
public final class ExperimentPlaces {

    private final LiveConfiguration configuration;
    private final Storages storages;
    private final Path state;

    /** @param state state directory of the hub; results go below it where the storage is not mounted */
    public ExperimentPlaces(LiveConfiguration configuration, Storages storages, Path state) {
        this.configuration = configuration;
        this.storages = storages;
        this.state = state;
    }

    /**
     * Directory of the experiment's data, to which the paths of its files are relative; empty where its storage is not
     * mounted.
     *
     * @param rootPath directory of the experiment, relative to the root of its storage
     */
    public Optional<Path> data(String beamline, String rootPath) {
        return mounted(beamline, rootPath).map(directory -> directory.resolve("data"));
    }

    /** Directory to which the paths of results are relative: in storage where that is mounted, or else with the hub. */
    public Path analysis(String beamline, String rootPath) {
        return mounted(beamline, rootPath)
                .map(directory -> directory.resolve("analysis"))
                .orElseGet(() -> RootedPath.resolve(state.resolve("analysis"), rootPath));
    }

    private Optional<Path> mounted(String beamline, String rootPath) {
        return storages.localRoot(configuration.beamline(beamline).storage())
                .map(root -> RootedPath.resolve(root, rootPath));
    }
}
