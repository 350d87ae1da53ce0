package org.lightpipe.gpu.device;

import java.util.Set;
import org.jocl.CL;

/** What OpenCL answers, in words. */
final class OpenClStatus {

    /** After these the context is of no use any more; NVIDIA's says "out of resources" when a kernel has crashed. */
    private static final Set<Integer> BROKEN = Set.of(
            CL.CL_DEVICE_NOT_AVAILABLE,
            CL.CL_OUT_OF_RESOURCES,
            CL.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
            CL.CL_INVALID_CONTEXT,
            CL.CL_INVALID_COMMAND_QUEUE,
            CL.CL_INVALID_DEVICE);

    private OpenClStatus() {}

    /**
     * @param device for the message
     * @param doing what was tried
     */
    static void check(int status, String device, String doing) throws DeviceException {
        if (status != CL.CL_SUCCESS) {
            throw new DeviceException(text(status, device, doing), BROKEN.contains(status));
        }
    }

    /** The same for calls that ask for memory or registers: that there is too little of them is no fault. */
    static void checkResources(int status, String device, String doing) throws DeviceException {
        if (status != CL.CL_SUCCESS) {
            throw new DeviceException(
                    text(status, device, doing), status != CL.CL_OUT_OF_RESOURCES && BROKEN.contains(status));
        }
    }

    private static String text(int status, String device, String doing) {
        return device + ": " + doing + " failed: " + CL.stringFor_errorCode(status);
    }
}
