package org.lightpipe.gpu.device;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;
import org.jocl.cl_program;

/** What the jobs on a device of OpenCL share: its context, the compiled kernels and a queue for mapping memory. */
final class OpenClContext {

    /** Kernels have to do with what OpenCL 1.2 knows, which every driver has. */
    private static final String OPTIONS = "-cl-std=CL1.2";

    private final cl_device_id id;
    private final String name;
    private final cl_context context;
    private final cl_command_queue service;
    private final int largestGroup;
    private final long largestBuffer;
    private final Map<KernelSource, OpenClProgram> programs = new HashMap<>();

    private OpenClContext(cl_device_id id, String name, cl_context context) throws DeviceException {
        this.id = id;
        this.name = name;
        this.context = context;
        long[] group = new long[1];
        OpenClStatus.check(
                CL.clGetDeviceInfo(id, CL.CL_DEVICE_MAX_WORK_GROUP_SIZE, Sizeof.size_t, Pointer.to(group), null),
                name,
                "asking for the largest group");
        this.largestGroup = (int) Math.min(Device.Size.LARGEST_GROUP, group[0]);
        this.largestBuffer = OpenClInfo.number(id, CL.CL_DEVICE_MAX_MEM_ALLOC_SIZE);
        this.service = queue();
    }

    static OpenClContext create(cl_device_id id, String name) throws DeviceException {
        int[] status = new int[1];
        cl_context context =
                CL.clCreateContext(new cl_context_properties(), 1, new cl_device_id[] {id}, null, null, status);
        OpenClStatus.checkResources(status[0], name, "setting up a context");
        try {
            return new OpenClContext(id, name, context);
        } catch (DeviceException e) {
            CL.clReleaseContext(context);
            throw e;
        }
    }

    String name() {
        return name;
    }

    cl_context handle() {
        return context;
    }

    /** @return the queue on which staging memory is mapped; OpenCL lets several threads use it */
    cl_command_queue service() {
        return service;
    }

    int largestGroup() {
        return largestGroup;
    }

    long largestBuffer() {
        return largestBuffer;
    }

    /** @return a new queue that keeps the order of its commands and the times of its kernels */
    @SuppressWarnings("deprecation") // what replaces it came with OpenCL 2.0, which not every driver has
    cl_command_queue queue() throws DeviceException {
        int[] status = new int[1];
        cl_command_queue queue = CL.clCreateCommandQueue(context, id, CL.CL_QUEUE_PROFILING_ENABLE, status);
        OpenClStatus.checkResources(status[0], name, "making a queue");
        return queue;
    }

    /** @return the kernels of a source, compiled at the first question */
    synchronized OpenClProgram program(KernelSource source) throws DeviceException {
        OpenClProgram program = programs.get(source);
        if (program == null) {
            program = new OpenClProgram(this, source.name(), build(source));
            programs.put(source, program);
        }
        return program;
    }

    private cl_program build(KernelSource source) throws DeviceException {
        int[] status = new int[1];
        cl_program program = CL.clCreateProgramWithSource(context, 1, new String[] {source.openCl()}, null, status);
        OpenClStatus.checkResources(status[0], name, "reading " + source.name() + ".cu");
        int built = CL.clBuildProgram(program, 1, new cl_device_id[] {id}, OPTIONS, null, null);
        if (built == CL.CL_SUCCESS) {
            return program;
        }
        String log = log(program);
        CL.clReleaseProgram(program);
        if (log.isEmpty()) {
            OpenClStatus.checkResources(built, name, "compiling " + source.name() + ".cu");
        }
        throw new DeviceException(name + ": " + source.name() + ".cu does not compile:\n" + log, false);
    }

    private String log(cl_program program) {
        long[] length = new long[1];
        if (CL.clGetProgramBuildInfo(program, id, CL.CL_PROGRAM_BUILD_LOG, 0, null, length) != CL.CL_SUCCESS) {
            return "";
        }
        byte[] log = new byte[Math.toIntExact(length[0])];
        if (CL.clGetProgramBuildInfo(program, id, CL.CL_PROGRAM_BUILD_LOG, log.length, Pointer.to(log), null)
                != CL.CL_SUCCESS) {
            return "";
        }
        return new String(log, StandardCharsets.UTF_8).replace("\0", "").strip();
    }

    /** Frees everything; no job may use the device. */
    synchronized void release() {
        programs.values().forEach(OpenClProgram::release);
        programs.clear();
        CL.clReleaseCommandQueue(service);
        CL.clReleaseContext(context);
    }
}
