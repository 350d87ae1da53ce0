package org.lightpipe.config;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/** The configuration in force. Thread-safe; replaced as a whole, so no reader ever sees half a change. */
public final class LiveConfiguration implements Supplier<Configuration> {

    private final AtomicReference<Configuration> current;

    public LiveConfiguration(Configuration first) {
        this.current = new AtomicReference<>(first);
    }

    @Override
    public Configuration get() {
        return current.get();
    }

    /** Puts a checked configuration in force. */
    public void replace(Configuration next) {
        current.set(next);
    }

    /**
     * A beamline by name.
     *
     * @throws IllegalStateException when it is no longer configured
     */
    public Beamline beamline(String name) {
        Beamline beamline = get().beamlines().get(name);
        if (beamline == null) {
            throw new IllegalStateException(
                    "beamline '" + name + "' is not configured; put back its file in config/beamlines");
        }
        return beamline;
    }

    /**
     * A workflow by name.
     *
     * @throws IllegalStateException when it is no longer configured
     */
    public Workflow workflow(String name) {
        Workflow workflow = get().workflows().get(name);
        if (workflow == null) {
            throw new IllegalStateException(
                    "workflow '" + name + "' is not configured; put back its file in config/workflows");
        }
        return workflow;
    }
}
