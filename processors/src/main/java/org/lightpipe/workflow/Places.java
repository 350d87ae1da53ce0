package org.lightpipe.workflow;

import java.nio.file.Path;
import java.util.Optional;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.core.RootedPath;
import org.lightpipe.storage.ExperimentPlaces;
import org.lightpipe.storage.Storages;

/** Where the files of a dataset can be read, and where its results go. Thread-safe. */
final class Places {

    private final LiveConfiguration configuration;
    private final ExperimentPlaces experiments;

    /** @param state state directory of the hub; results go below it where the storage is not mounted */
    Places(LiveConfiguration configuration, Storages storages, Path state) {
        this.configuration = configuration;
        this.experiments = new ExperimentPlaces(configuration, storages, state);
    }

    /** Path at which a stage can read a file: in storage where that is mounted, or else where the detector wrote it. */
    Path file(Dataset dataset, DatasetFile file) {
        return data(dataset)
                .map(directory -> RootedPath.resolve(directory, file.path()))
                .orElse(Path.of(file.source()));
    }

    /** SHA-256 of what {@link #file} names; empty where that is not the copy in storage, which alone is proved. */
    String digest(Dataset dataset, DatasetFile file) {
        return data(dataset).map(directory -> file.digest()).orElse("");
    }

    /** Directory to which the paths of the dataset's files are relative. */
    Path dataDirectory(Dataset dataset, DatasetFile file) {
        return data(dataset).orElseGet(() -> watchedDirectory(file));
    }

    /** Directory to which the paths of results are relative. */
    Path analysis(Dataset dataset) {
        return experiments.analysis(dataset.beamline(), dataset.rootPath());
    }

    /** Directory for the results of one dataset. */
    Path output(Dataset dataset) {
        return RootedPath.resolve(analysis(dataset), dataset.directoryName());
    }

    /** Modes and group for what is made there. */
    Storage storage(Dataset dataset) {
        return configuration.beamline(dataset.beamline()).storage();
    }

    private Optional<Path> data(Dataset dataset) {
        return experiments.data(dataset.beamline(), dataset.rootPath());
    }

    private static Path watchedDirectory(DatasetFile file) {
        Path source = Path.of(file.source());
        Path relative = Path.of(file.path());
        Path directory = source.getParent();
        if (source.endsWith(relative)) {
            for (int i = 1; i < relative.getNameCount(); i++) {
                directory = directory.getParent();
            }
        }
        return directory;
    }
}
