package org.lightpipe.gpu.device;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jocl.CL;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for devices of OpenCL. */
final class OpenClPlatforms {

    private static final Logger LOG = LoggerFactory.getLogger(OpenClPlatforms.class);

    private static final long KINDS = CL.CL_DEVICE_TYPE_GPU | CL.CL_DEVICE_TYPE_ACCELERATOR | CL.CL_DEVICE_TYPE_CPU;

    // of NVIDIA's extension cl_nv_device_attribute_query
    private static final int PCI_BUS = 0x4008;
    private static final int PCI_SLOT = 0x4009;
    private static final int PCI_DOMAIN = 0x400A;

    private OpenClPlatforms() {}

    /** @param missing is told in one line why there is no device, or not one that could be there; never throws */
    static List<Accelerator> devices(Consumer<String> missing) {
        try {
            return Natives.privately(() -> find(missing));
        } catch (LinkageError e) {
            LOG.debug("no OpenCL", e);
            missing.accept(
                    String.valueOf(e.getMessage()).contains("mplementation library")
                            ? "no OpenCL loader (libOpenCL.so.1) found: install ocl-icd-libopencl1 and the OpenCL driver"
                                    + " of the device"
                            : "OpenCL cannot be used on this kind of machine");
        } catch (Exception e) {
            LOG.debug("no OpenCL", e);
            missing.accept("OpenCL cannot be asked for devices: " + e);
        }
        return List.of();
    }

    private static List<Accelerator> find(Consumer<String> missing) {
        CL.setExceptionsEnabled(false);
        int[] count = new int[1];
        int status = CL.clGetPlatformIDs(0, null, count);
        if (status != CL.CL_SUCCESS || count[0] == 0) {
            missing.accept(
                    "no OpenCL driver is registered: install the one of the device, or pocl-opencl-icd to compute"
                            + " on the processor");
            return List.of();
        }
        cl_platform_id[] platforms = new cl_platform_id[count[0]];
        CL.clGetPlatformIDs(platforms.length, platforms, null);
        List<Accelerator> found = new ArrayList<>();
        for (cl_platform_id platform : platforms) {
            if (CL.clGetDeviceIDs(platform, KINDS, 0, null, count) != CL.CL_SUCCESS || count[0] == 0) {
                continue;
            }
            cl_device_id[] devices = new cl_device_id[count[0]];
            if (CL.clGetDeviceIDs(platform, KINDS, devices.length, devices, null) != CL.CL_SUCCESS) {
                continue;
            }
            String name = OpenClInfo.text(platform, CL.CL_PLATFORM_NAME);
            for (cl_device_id device : devices) {
                usable(device, name, missing, found);
            }
        }
        if (found.isEmpty()) {
            missing.accept("an OpenCL driver is registered, but it has no device that can be used");
        }
        return found;
    }

    private static void usable(
            cl_device_id device, String platform, Consumer<String> missing, List<Accelerator> found) {
        String name = OpenClInfo.text(device, CL.CL_DEVICE_NAME);
        if (OpenClInfo.word(device, CL.CL_DEVICE_AVAILABLE) == 0
                || OpenClInfo.word(device, CL.CL_DEVICE_COMPILER_AVAILABLE) == 0) {
            missing.accept("the OpenCL device " + name + " is not available or has no compiler");
            return;
        }
        if (!OpenClInfo.text(device, CL.CL_DEVICE_EXTENSIONS).contains("cl_khr_fp64")) {
            missing.accept("the OpenCL device " + name + " has no double precision and is not used");
            return;
        }
        boolean processor = (OpenClInfo.number(device, CL.CL_DEVICE_TYPE) & CL.CL_DEVICE_TYPE_CPU) != 0;
        found.add(new OpenClAccelerator(
                device,
                new Accelerator.Description(
                        "opencl",
                        name,
                        platform + " " + OpenClInfo.text(device, CL.CL_DRIVER_VERSION),
                        OpenClInfo.number(device, CL.CL_DEVICE_GLOBAL_MEM_SIZE),
                        processor,
                        slot(device))));
    }

    /** The number of the slot holds that of the device, then three bits of its function. */
    private static String slot(cl_device_id device) {
        int bus = OpenClInfo.word(device, PCI_BUS);
        int slot = OpenClInfo.word(device, PCI_SLOT);
        int domain = Math.max(0, OpenClInfo.word(device, PCI_DOMAIN));
        return bus < 0 || slot < 0 ? "" : "%04x:%02x:%02x".formatted(domain, bus, slot >> 3);
    }
}
