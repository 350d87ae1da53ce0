package org.lightpipe.gpu.device;

import org.jocl.cl_device_id;

/** A device of OpenCL. Not for several threads at a time. */
final class OpenClAccelerator implements Accelerator {

    private final cl_device_id id;
    private final Description description;
    private OpenClContext context;

    OpenClAccelerator(cl_device_id id, Description description) {
        this.id = id;
        this.description = description;
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public LentDevice lend(long bytes, Meter meter) throws DeviceException {
        if (context == null) {
            context = OpenClContext.create(id, description.name());
        }
        return new OpenClDevice(context, bytes, meter);
    }

    @Override
    public void release() {
        if (context != null) {
            context.release();
            context = null;
        }
    }
}
