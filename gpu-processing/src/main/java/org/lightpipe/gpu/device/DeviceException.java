package org.lightpipe.gpu.device;

import java.io.IOException;

/** A device failed, or has too little memory; the job may succeed on another one. */
public class DeviceException extends IOException {

    private static final long serialVersionUID = 1L;

    private final boolean deviceIsBroken;

    /**
     * @param message names the device and what it answered
     * @param deviceIsBroken whether the device is to be taken out; false: it only has too little memory
     */
    public DeviceException(String message, boolean deviceIsBroken) {
        super(message);
        this.deviceIsBroken = deviceIsBroken;
    }

    /** @return whether the device is to be taken out */
    public boolean deviceIsBroken() {
        return deviceIsBroken;
    }
}
