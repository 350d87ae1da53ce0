package org.lightpipe.transfer;

import java.io.IOException;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.config.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps lanes, limits and the space of storages up to date, from one look to the next. Not thread-safe: one route calls
 * it.
 */
public final class StorageWatch {

    private static final Logger LOG = LoggerFactory.getLogger(StorageWatch.class);

    /** A storage that is not mounted here is asked for its space only at every so many looks. */
    private static final int FAR_EVERY = 12;

    private final LiveConfiguration configuration;
    private final StorageStates states;
    private final Destinations destinations;
    private int looks;

    public StorageWatch(LiveConfiguration configuration, StorageStates states, Destinations destinations) {
        this.configuration = configuration;
        this.states = states;
        this.destinations = destinations;
    }

    /** One look. */
    public void look() {
        states.reconcile(configuration.get());
        Map<String, StorageStates.State> known =
                states.all().stream().collect(Collectors.toMap(StorageStates.State::storage, Function.identity()));
        boolean far = looks++ % FAR_EVERY == 0;
        for (Storage storage : configuration.get().storages().values()) {
            StorageStates.State state = known.get(storage.name());
            Gate gate = destinations.gate(storage);
            if (state != null) {
                gate.limit(
                        state.concurrency().orElse(storage.transfer().concurrency()),
                        state.bandwidth().orElse(storage.transfer().bandwidth()));
            }
            if (storage.isLocal() || (far && !gateIsIdle(gate))) {
                look(storage, gate);
            }
        }
    }

    private static boolean gateIsIdle(Gate gate) {
        return gate.bytes() == 0;
    }

    private void look(Storage storage, Gate gate) {
        try {
            OptionalLong free = gate.lookAtFree();
            if (free.isPresent()) {
                states.free(storage, free.getAsLong());
            }
        } catch (IOException e) {
            // The next transfer tells it, with its reason.
            LOG.debug("the free space of {} is not known", storage.name(), e);
        }
    }
}
