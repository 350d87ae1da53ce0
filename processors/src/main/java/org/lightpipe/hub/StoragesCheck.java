package org.lightpipe.hub;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.lightpipe.transfer.StorageStates;

/**
 * Not up while a storage takes no files through no wish of an operator: it is full, or it failed. Not down either: the
 * hub itself is well, and nothing is lost meanwhile.
 */
final class StoragesCheck extends AbstractHealthCheck {

    private final Supplier<List<StorageStates.State>> states;

    StoragesCheck(Supplier<List<StorageStates.State>> states) {
        super("lightpipe", "storage-trouble");
        this.states = states;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String troubled = states.get().stream()
                .filter(state -> state.full() || state.failures() > 0)
                .map(state -> state.storage() + " is " + state.word())
                .collect(Collectors.joining(", "));
        if (troubled.isEmpty()) {
            builder.up();
        } else {
            builder.message(troubled).unknown();
        }
    }
}
