package org.lightpipe.gpu.device;

import org.lightpipe.gpu.core.Memory;

/** The memory of one loan: what of it is allocated. */
final class Allowance {

    private final String device;
    private final long bytes;
    private long taken;

    /**
     * @param device for messages
     * @param bytes that may be allocated at a time
     */
    Allowance(String device, long bytes) {
        this.device = device;
        this.bytes = bytes;
    }

    synchronized void take(long wanted) throws DeviceException {
        if (wanted > bytes - taken) {
            throw new DeviceException(
                    device + ": a buffer of " + Memory.text(wanted) + " does not fit: " + Memory.text(taken)
                            + " of the " + Memory.text(bytes) + " lent to the job are allocated",
                    false);
        }
        taken += wanted;
    }

    synchronized void giveBack(long returned) {
        taken -= returned;
    }

    synchronized long left() {
        return bytes - taken;
    }
}
