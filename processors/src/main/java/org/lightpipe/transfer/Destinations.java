package org.lightpipe.transfer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;

/** The gates of all storages, made when they are needed, and anew when a storage is configured otherwise. Thread-safe. */
public final class Destinations implements AutoCloseable {

    private final LiveConfiguration configuration;
    private final Function<Storage, Destination> open;
    private final Map<String, Gate> gates = new HashMap<>();
    private boolean closed;

    /**
     * @param configuration names storages
     * @param open makes the destination of a storage
     */
    public Destinations(LiveConfiguration configuration, Function<Storage, Destination> open) {
        this.configuration = configuration;
        this.open = open;
    }

    /**
     * The gate of a storage.
     *
     * @throws IllegalStateException when no storage of that name is configured
     */
    public Gate gate(String name) {
        Storage storage = configuration.get().storages().get(name);
        if (storage == null) {
            throw new IllegalStateException(
                    "storage '" + name + "' is not configured; put it back into config/storages.yaml or its beamline");
        }
        return gate(storage);
    }

    synchronized Gate gate(Storage storage) {
        if (closed) {
            throw new IllegalStateException("the hub stops");
        }
        Gate gate = gates.get(storage.name());
        if (gate != null && !gate.storage().equals(storage)) {
            // What is on its way by the old configuration ends as it began; its connections close with it.
            gate.retire();
            gate = null;
        }
        if (gate == null) {
            gate = new Gate(storage, open.apply(storage));
            gates.put(storage.name(), gate);
        }
        return gate;
    }

    /** All gates there are now. */
    public synchronized List<Gate> gates() {
        return List.copyOf(gates.values());
    }

    /** From now on nothing is begun. */
    public synchronized void stopBeginning() {
        gates.values().forEach(Gate::stopBeginning);
    }

    @Override
    public synchronized void close() {
        closed = true;
        gates.values().forEach(Gate::close);
        gates.clear();
    }
}
