package org.lightpipe.gpu.device;

/**
 * One accelerator (or an OpenCL platform that runs on the processor), lent to one job with a part of its memory. The
 * kernels of a technique are one source for all backends. Everything allocated is freed when the loan ends. Used by one
 * thread at a time.
 */
public interface Device {

    /** @return the name of the product, such as NVIDIA H100 80GB HBM3 */
    String name();

    /** @return {@code cuda} or {@code opencl} */
    String backend();

    /** @return the bytes of this loan that are not allocated yet */
    long available();

    /** @return the most bytes that one buffer may have: with OpenCL often a quarter of the memory */
    long largestBuffer();

    /** @return the most work items of a group that its kernels may be launched with; never more than 256 */
    int largestGroup();

    /**
     * @param bytes counted against the loan; contents are undefined
     * @throws DeviceException if the loan or the device has no more memory
     */
    Buffer allocate(long bytes) throws DeviceException;

    /** @return page-locked memory of the host where the backend has it, for fast copies */
    StagingBuffer staging(int bytes) throws DeviceException;

    /**
     * Loads the kernels in a resource beside a class: {@code name.cu} is compiled by OpenCL, {@code name.ptx} loaded by
     * CUDA. Loaded once for each device and kept.
     *
     * @param owner the class beside which the resource lies
     * @param name without ending, such as {@code multitau}
     */
    Program program(Class<?> owner, String name) throws DeviceException;

    /** @return a new queue; its commands run in their order, beside those of other queues of this device */
    Stream stream() throws DeviceException;

    /** Memory of the device. */
    interface Buffer extends AutoCloseable {
        /** @return its size */
        long bytes();

        @Override
        void close();
    }

    /** Memory of the host from which and to which a device copies fast. */
    interface StagingBuffer extends AutoCloseable {
        /** @return its bytes, direct, little-endian; always the same buffer */
        java.nio.ByteBuffer bytes();

        @Override
        void close();
    }

    /** The kernels of one source. */
    interface Program {
        /** @return the kernel of a name */
        Kernel kernel(String name) throws DeviceException;
    }

    /** One kernel; has no state, so that one instance serves all launches. */
    interface Kernel {
        /**
         * Queues a run of the kernel.
         *
         * @param stream the queue
         * @param size the work items in one to three dimensions; rounded up to whole groups, so that the kernel must
         *     check its bounds
         * @param arguments in the order of the source: {@link Buffer}, {@link Integer}, {@link Long}, {@link Float},
         *     {@link Double}
         */
        void launch(Stream stream, Size size, Object... arguments) throws DeviceException;
    }

    /**
     * The work items of a launch; x is the fastest.
     *
     * @param x work items
     * @param y work items
     * @param z work items
     * @param groupX work items of a group
     * @param groupY work items of a group
     * @param groupZ work items of a group
     */
    record Size(long x, long y, long z, int groupX, int groupY, int groupZ) {
        /** The most work items of a group: what every device has, whatever number of registers a kernel takes. */
        public static final int LARGEST_GROUP = 256;

        /** Refuses what no device can run. */
        public Size {
            if (x < 0 || y < 0 || z < 0 || groupX < 1 || groupY < 1 || groupZ < 1) {
                throw new IllegalArgumentException("a launch of " + x + " x " + y + " x " + z
                        + " work items in groups of " + groupX + " x " + groupY + " x " + groupZ);
            }
        }

        /** @return a size in one dimension */
        public static Size of(long x, int group) {
            return new Size(x, 1, 1, group, 1, 1);
        }

        /** @return a size in two dimensions */
        public static Size of(long x, long y, int groupX, int groupY) {
            return new Size(x, y, 1, groupX, groupY, 1);
        }

        /** @return the work items of a group */
        public int group() {
            return Math.multiplyExact(Math.multiplyExact(groupX, groupY), groupZ);
        }

        /** @return the groups along x, the last one perhaps not full */
        public long groupsX() {
            return groups(x, groupX);
        }

        /** @return the groups along y, the last one perhaps not full */
        public long groupsY() {
            return groups(y, groupY);
        }

        /** @return the groups along z, the last one perhaps not full */
        public long groupsZ() {
            return groups(z, groupZ);
        }

        /** @return whether there is nothing to run */
        public boolean isEmpty() {
            return x == 0 || y == 0 || z == 0;
        }

        private static long groups(long items, int group) {
            return items / group + (items % group == 0 ? 0 : 1);
        }
    }

    /** A queue of commands that run in their order. */
    interface Stream extends AutoCloseable {
        /** Queues a copy; the staging buffer may be changed only after {@link #finish} or an awaited {@link Mark}. */
        void upload(StagingBuffer from, long fromByte, Buffer to, long toByte, long bytes) throws DeviceException;

        /** Queues a copy; the staging buffer may be read only after {@link #finish} or an awaited {@link Mark}. */
        void download(Buffer from, long fromByte, StagingBuffer to, long toByte, long bytes) throws DeviceException;

        /** Copies an array and returns when its values may change. */
        void upload(float[] from, Buffer to, long toByte) throws DeviceException;

        /** Copies an array and returns when its values may change. */
        void upload(int[] from, Buffer to, long toByte) throws DeviceException;

        /** Waits for the queue so far, then copies. */
        void download(Buffer from, long fromByte, float[] to) throws DeviceException;

        /** Queues the filling of a part of a buffer with zeros; offset and length are multiples of four. */
        void zero(Buffer buffer, long fromByte, long bytes) throws DeviceException;

        /** @return a mark behind the last command so far */
        Mark mark() throws DeviceException;

        /** Makes the commands that follow wait for a mark of another queue. */
        void after(Mark mark) throws DeviceException;

        /** Waits until everything queued has run. */
        void finish() throws DeviceException;

        @Override
        void close();
    }

    /** A place in a queue. */
    interface Mark extends AutoCloseable {
        /** Waits until everything before it has run. */
        void await() throws DeviceException;

        @Override
        void close();
    }
}
