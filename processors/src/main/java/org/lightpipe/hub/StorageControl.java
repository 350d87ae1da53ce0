package org.lightpipe.hub;

import java.util.Optional;
import org.lightpipe.transfer.Destinations;
import org.lightpipe.transfer.Gate;
import org.lightpipe.transfer.StorageStates;

/** A storage, as an MBean. */
final class StorageControl implements StorageMXBean {

    private final String name;
    private final StorageStates states;
    private final Destinations destinations;

    StorageControl(String name, StorageStates states, Destinations destinations) {
        this.name = name;
        this.states = states;
        this.destinations = destinations;
    }

    private StorageStates.State state() {
        return states.of(name);
    }

    private Gate gate() {
        return destinations.gate(name);
    }

    @Override
    public String getState() {
        return state().word();
    }

    @Override
    public String getReason() {
        return state().reason();
    }

    @Override
    public int getFailures() {
        return state().failures();
    }

    @Override
    public long getFreeBytes() {
        return state().freeBytes();
    }

    @Override
    public long getReserveBytes() {
        return gate().storage().transfer().reserve();
    }

    @Override
    public int getInFlight() {
        return gate().inFlight();
    }

    @Override
    public int getWaiting() {
        return gate().waiting();
    }

    @Override
    public long getBytes() {
        return gate().bytes();
    }

    @Override
    public long getProved() {
        return gate().proved();
    }

    @Override
    public long getFailed() {
        return gate().failed();
    }

    @Override
    public int getConcurrency() {
        return gate().concurrency();
    }

    @Override
    public long getBandwidth() {
        return gate().bandwidth();
    }

    @Override
    public void limit(int concurrency, long bytesPerSecond) {
        states.limit(
                name,
                concurrency == 0 ? Optional.empty() : Optional.of(concurrency),
                bytesPerSecond < 0 ? Optional.empty() : Optional.of(bytesPerSecond));
    }

    @Override
    public void pause() {
        states.pause(name, true);
    }

    @Override
    public void resume() {
        states.pause(name, false);
    }
}
