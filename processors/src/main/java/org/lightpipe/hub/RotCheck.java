package org.lightpipe.hub;

import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Not up while something in storage is known to be wrong. Not down either: the hub itself is well, and nobody should
 * restart it for that.
 */
final class RotCheck extends AbstractHealthCheck {

    private final LongSupplier rot;

    /** @param rot how much is wrong */
    RotCheck(LongSupplier rot) {
        super("lightpipe", "storage-rot");
        this.rot = rot;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        long count = rot.getAsLong();
        if (count == 0) {
            builder.up();
        } else {
            builder.detail("rot", count)
                    .message(count + " files in storage are not what was stored")
                    .unknown();
        }
    }
}
