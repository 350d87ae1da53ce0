package org.lightpipe.gpu.device;

/** A device for the time of one loan. */
interface LentDevice extends Device, AutoCloseable {

    /** Waits for what is queued and frees everything that the job has made. */
    @Override
    void close();
}
