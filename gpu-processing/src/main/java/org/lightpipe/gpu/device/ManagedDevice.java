package org.lightpipe.gpu.device;

import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.lightpipe.gpu.core.Memory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A device of the pool, as consoles see it. */
@ManagedResource(description = "An accelerator that gpu: steps run on")
public final class ManagedDevice {

    private static final Logger LOG = LoggerFactory.getLogger(ManagedDevice.class);

    private final String id;
    private final Accelerator accelerator;
    private final Accelerator.Description description;
    private final Ledger.Account account;
    private final Meter meter = new Meter();
    private int loans;
    private long faults;
    private String lastFault = "";
    /** A fault left its context unusable: it is set up anew once the last job has gone. */
    private boolean spoiled;

    private boolean closed;

    ManagedDevice(String id, Accelerator accelerator, Ledger.Account account) {
        this.id = id;
        this.accelerator = accelerator;
        this.description = accelerator.description();
        this.account = account;
    }

    /** @return its backend and a number, unique on this machine */
    @ManagedAttribute(description = "Backend and number, unique on this machine")
    public String getId() {
        return id;
    }

    /** @return the name of the product */
    @ManagedAttribute(description = "Name of the product")
    public String getName() {
        return description.name();
    }

    /** @return cuda or opencl */
    @ManagedAttribute(description = "Backend: cuda or opencl")
    public String getBackend() {
        return description.backend();
    }

    /** @return the driver and its version */
    @ManagedAttribute(description = "Driver and its version")
    public String getDriver() {
        return description.driver();
    }

    /** @return whether it is the processor of this machine, which auto never takes */
    @ManagedAttribute(description = "Whether it is the processor of this machine, which backend=auto never takes")
    public boolean isProcessor() {
        return description.processor();
    }

    /** @return the memory of the device, in bytes */
    @ManagedAttribute(description = "Memory of the device, in bytes")
    public long getMemoryTotal() {
        return description.memory();
    }

    /** @return the bytes that are lent to jobs */
    @ManagedAttribute(description = "Memory that is lent to jobs, in bytes")
    public long getMemoryUsed() {
        return account.lent();
    }

    /** @return the bytes that can be lent to further jobs */
    @ManagedAttribute(
            description = "Memory that can be lent to further jobs, in bytes; a part of the device is never lent")
    public long getMemoryFree() {
        return account.capacity() - account.lent();
    }

    /** @return the jobs that have memory of the device */
    @ManagedAttribute(description = "Jobs that have memory of the device")
    public int getJobsRunning() {
        return account.jobs();
    }

    /** @return the jobs that wait for the device, some of them for others too */
    @ManagedAttribute(description = "Jobs that wait for the device, some of them for others too")
    public int getJobsWaiting() {
        return account.waiting();
    }

    /** @return the kernels that were started */
    @ManagedAttribute(description = "Kernels started")
    public long getKernels() {
        return meter.kernels();
    }

    /** @return the seconds that kernels ran, added up over queues */
    @ManagedAttribute(description = "Seconds that kernels ran, added up over queues")
    public double getSecondsBusy() {
        return meter.seconds();
    }

    /** @return how often the device failed or had too little memory */
    @ManagedAttribute(description = "How often the device failed or had too little memory")
    public synchronized long getFaults() {
        return faults;
    }

    /** @return what the device said the last time that it failed; empty if it never did */
    @ManagedAttribute(description = "What the device said the last time that it failed")
    public synchronized String getLastFault() {
        return lastFault;
    }

    /** @return ready, draining (jobs still run), drained, or out: and why */
    @ManagedAttribute(description = "ready, draining (jobs still run), drained, or out: and why")
    public String getState() {
        return switch (account.gate()) {
            case OPEN -> "ready";
            case DRAINED -> account.jobs() > 0 ? "draining" : "drained";
            case OUT -> "out: " + account.reason();
        };
    }

    /** Lends it to no further job; those that run go on. */
    @ManagedOperation(description = "Lends the device to no further job; those that run go on")
    public void drain() {
        account.shut(Ledger.Gate.DRAINED, "it is drained");
        LOG.info("{} ({}) is drained", id, getName());
    }

    /** Lends it to jobs again, also after a fault. */
    @ManagedOperation(description = "Lends the device to jobs again, also after a fault")
    public synchronized void restore() {
        if (closed) {
            throw new IllegalStateException(id + " belongs to a component that is stopped");
        }
        if (spoiled) {
            throw new IllegalStateException(
                    id + " failed, and " + loans + " jobs still have it: wait until they have ended");
        }
        account.open();
        LOG.info("{} ({}) is back", id, getName());
    }

    Ledger.Account account() {
        return account;
    }

    String slot() {
        return description.slot();
    }

    synchronized LentDevice open(long bytes) throws DeviceException {
        if (closed || spoiled) {
            throw new DeviceException(getName() + ": it was taken out", false);
        }
        LentDevice device = accelerator.lend(bytes, meter);
        loans++;
        return device;
    }

    /** A job has given it back. */
    synchronized void returned() {
        loans--;
        release();
    }

    /** It failed: taken out if it is broken, else only counted. */
    synchronized void fault(DeviceException fault) {
        faults++;
        lastFault = fault.getMessage();
        if (fault.deviceIsBroken()) {
            account.shut(Ledger.Gate.OUT, fault.getMessage());
            spoiled = true;
            LOG.error("{} is taken out until its operation restore is called: {}", id, fault.getMessage());
            release();
        } else {
            LOG.warn("{}: {}", id, fault.getMessage());
        }
    }

    /** The pool has ended; frees the device when the last job has given it back. */
    synchronized void close() {
        closed = true;
        release();
    }

    private void release() {
        if (loans == 0 && (closed || spoiled)) {
            accelerator.release();
            spoiled = false;
        }
    }

    /** @return one line for people */
    @Override
    public String toString() {
        return id + ": " + getName() + ", " + Memory.text(getMemoryTotal()) + ", " + getDriver() + ", " + getState();
    }
}
