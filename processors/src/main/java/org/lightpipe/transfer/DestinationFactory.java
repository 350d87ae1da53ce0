package org.lightpipe.transfer;

import java.util.Map;
import java.util.function.Function;
import org.lightpipe.config.Configuration;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.lightpipe.storage.Storages;

/** Makes the destination of a storage, by the scheme of its URI. */
public final class DestinationFactory implements Function<Storage, Destination> {

    private final Storages storages;
    private final Map<String, Function<Storage, Destination>> others;

    public DestinationFactory(Storages storages) {
        this(storages, Map.of());
    }

    /** @param others makes the destinations of further schemes, by scheme */
    public DestinationFactory(Storages storages, Map<String, Function<Storage, Destination>> others) {
        this.storages = storages;
        this.others = Map.copyOf(others);
    }

    /**
     * Opens nothing yet: connections are made with the first files.
     *
     * @throws IllegalArgumentException for a scheme that is not known
     */
    @Override
    public Destination apply(Storage storage) {
        String scheme = storage.uri().substring(0, Math.max(0, storage.uri().indexOf(':')));
        if (others.containsKey(scheme)) {
            return others.get(scheme).apply(storage);
        }
        return switch (scheme) {
            case "file" ->
                new LocalDestination(storage, storages.localRoot(storage).orElseThrow());
            case "sftp" -> new SftpDestination(storage, storages.far(storage));
            default ->
                throw new IllegalArgumentException(
                        "storage " + storage.name() + ": files cannot be put into '" + scheme + ":'");
        };
    }

    static LiveConfiguration noConfiguration() {
        return new LiveConfiguration(new Configuration(Map.of(), Map.of(), Map.of()));
    }
}
