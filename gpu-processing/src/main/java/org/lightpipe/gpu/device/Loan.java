package org.lightpipe.gpu.device;

import java.util.Optional;
import org.lightpipe.gpu.core.WorkPool;

/** A place to compute for one job, until it is closed; whatever the job allocated on the device is freed then. */
public final class Loan implements AutoCloseable {

    private final Compute compute;
    private final ManagedDevice owner;
    private final LentDevice device;
    private final Ledger.Grant grant;
    private boolean closed;

    private Loan(Compute compute, ManagedDevice owner, LentDevice device, Ledger.Grant grant) {
        this.compute = compute;
        this.owner = owner;
        this.device = device;
        this.grant = grant;
    }

    /** The threads of this machine, without a device. */
    static Loan ofThreads(WorkPool threads) {
        return new Loan(new Compute(Compute.JAVA, threads, Optional.empty()), null, null, null);
    }

    static Loan of(WorkPool threads, ManagedDevice owner, LentDevice device, Ledger.Grant grant) {
        return new Loan(new Compute(owner.getBackend(), threads, Optional.of(device)), owner, device, grant);
    }

    /** @return where to compute */
    public Compute compute() {
        return compute;
    }

    /** Tells that the device failed: it is taken out if the fault says so. To be called before {@link #close}. */
    public void failed(DeviceException fault) {
        if (owner != null) {
            owner.fault(fault);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed || owner == null) {
                return;
            }
            closed = true;
        }
        try {
            device.close();
        } finally {
            owner.returned();
            // only now: what the job had is free
            grant.giveBack();
        }
    }
}
