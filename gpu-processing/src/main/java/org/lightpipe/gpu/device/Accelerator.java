package org.lightpipe.gpu.device;

/** A device of this machine, as its backend knows it. Nothing is set up on it before it is first lent. */
interface Accelerator {

    /**
     * What is known of a device.
     *
     * @param backend {@code cuda} or {@code opencl}
     * @param name of the product
     * @param driver and its version
     * @param memory bytes
     * @param processor whether it is the processor of this machine, under the interface of a device
     * @param slot where it is on the PCI bus, the same for all backends; empty if that is unknown
     */
    record Description(String backend, String name, String driver, long memory, boolean processor, String slot) {}

    Description description();

    /**
     * @param bytes that the job may allocate at a time
     * @param meter counts the kernels that it runs
     */
    LentDevice lend(long bytes, Meter meter) throws DeviceException;

    /** Frees whatever was set up on it; called when no job has it. It may be lent again. */
    void release();
}
