package org.lightpipe.gpu.device;

import org.jocl.CL;
import org.jocl.cl_event;

/** A marker in a queue of OpenCL. */
final class OpenClMark implements Device.Mark, Belongings.Thing {

    private final Belongings belongings;
    private final String device;
    private final cl_event event;

    OpenClMark(Belongings belongings, String device, cl_event event) {
        this.belongings = belongings;
        this.device = device;
        this.event = event;
    }

    cl_event event() {
        belongings.check(this);
        return event;
    }

    @Override
    public void await() throws DeviceException {
        OpenClStatus.check(CL.clWaitForEvents(1, new cl_event[] {event()}), device, "running what was queued");
    }

    @Override
    public void close() {
        belongings.free(this);
    }

    @Override
    public void free() {
        CL.clReleaseEvent(event);
    }

    @Override
    public String toString() {
        return "a mark";
    }
}
