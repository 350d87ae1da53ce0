package org.lightpipe.hub;

import java.util.HashSet;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.lightpipe.config.LiveConfiguration;
import org.lightpipe.transfer.Destinations;
import org.lightpipe.transfer.StorageStates;

/** An MBean for every storage that is configured, from one look to the next. Not thread-safe: one thread calls it. */
final class StorageControls implements AutoCloseable {

    private final MBeanServer server;
    private final LiveConfiguration configuration;
    private final StorageStates states;
    private final Destinations destinations;
    private final Set<String> registered = new HashSet<>();

    StorageControls(
            MBeanServer server, LiveConfiguration configuration, StorageStates states, Destinations destinations) {
        this.server = server;
        this.configuration = configuration;
        this.states = states;
        this.destinations = destinations;
    }

    /** Registers what is new, and takes away what is no longer configured. */
    void look() throws JMException {
        Set<String> wanted = configuration.get().storages().keySet();
        for (String name : wanted) {
            if (registered.add(name)) {
                server.registerMBean(new StorageControl(name, states, destinations), name(name));
            }
        }
        for (String name : Set.copyOf(registered)) {
            if (!wanted.contains(name)) {
                registered.remove(name);
                server.unregisterMBean(name(name));
            }
        }
    }

    private static ObjectName name(String storage) throws JMException {
        return new ObjectName("org.lightpipe:type=Storage,name=" + storage);
    }

    @Override
    public void close() throws JMException {
        for (String name : Set.copyOf(registered)) {
            registered.remove(name);
            server.unregisterMBean(name(name));
        }
    }
}
