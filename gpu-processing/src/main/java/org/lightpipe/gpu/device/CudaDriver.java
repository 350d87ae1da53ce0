package org.lightpipe.gpu.device;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for devices of CUDA. The class of the driver fails for good when it is touched on a machine without one; the
 * runtime, which brings its own library, says so instead, and is asked first.
 */
final class CudaDriver {

    private static final Logger LOG = LoggerFactory.getLogger(CudaDriver.class);

    /** What the kernels are compiled for: 7.5. */
    private static final int CAPABILITY = 75;

    private CudaDriver() {}

    /** @param missing is told in one line why there is no device, or not one that could be there; never throws */
    static List<Accelerator> devices(Consumer<String> missing) {
        try {
            return Natives.privately(() -> find(missing));
        } catch (LinkageError e) {
            LOG.debug("no CUDA", e);
            missing.accept("CUDA cannot be used on this kind of machine");
        } catch (Exception e) {
            LOG.debug("no CUDA", e);
            missing.accept("CUDA cannot be asked for devices: " + e);
        }
        return List.of();
    }

    private static List<Accelerator> find(Consumer<String> missing) {
        JCuda.setExceptionsEnabled(false);
        int[] count = new int[1];
        int status = JCuda.cudaGetDeviceCount(count);
        if (status == cudaError.cudaErrorInsufficientDriver) {
            missing.accept("no NVIDIA driver found: install one of version 525 or newer");
            return List.of();
        }
        if (status == cudaError.cudaErrorNoDevice || status == cudaError.cudaSuccess && count[0] == 0) {
            missing.accept("an NVIDIA driver but no device found: nvidia-smi and CUDA_VISIBLE_DEVICES tell why");
            return List.of();
        }
        if (status != cudaError.cudaSuccess) {
            missing.accept("the NVIDIA driver answers " + JCuda.cudaGetErrorString(status));
            return List.of();
        }
        return ask(missing);
    }

    private static List<Accelerator> ask(Consumer<String> missing) {
        JCudaDriver.setExceptionsEnabled(false);
        int status = JCudaDriver.cuInit(0);
        int[] count = new int[1];
        if (status == CUresult.CUDA_SUCCESS) {
            status = JCudaDriver.cuDeviceGetCount(count);
        }
        if (status != CUresult.CUDA_SUCCESS) {
            missing.accept("the NVIDIA driver answers " + CUresult.stringFor(status));
            return List.of();
        }
        int[] version = new int[1];
        JCudaDriver.cuDriverGetVersion(version);
        String driver = "CUDA " + version[0] / 1000 + "." + version[0] % 1000 / 10;
        List<Accelerator> found = new ArrayList<>();
        for (int i = 0; i < count[0]; i++) {
            CUdevice device = new CUdevice();
            byte[] name = new byte[256];
            long[] memory = new long[1];
            if (JCudaDriver.cuDeviceGet(device, i) != CUresult.CUDA_SUCCESS
                    || JCudaDriver.cuDeviceGetName(name, name.length, device) != CUresult.CUDA_SUCCESS
                    || JCudaDriver.cuDeviceTotalMem(memory, device) != CUresult.CUDA_SUCCESS) {
                missing.accept("NVIDIA device " + i + " does not answer");
                continue;
            }
            String product =
                    new String(name, StandardCharsets.UTF_8).replace("\0", "").strip();
            int capability = 10 * ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
                    + ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
            if (capability < CAPABILITY) {
                missing.accept(product + " has compute capability " + capability / 10.0 + " and is not used: "
                        + CAPABILITY / 10.0 + " is needed");
                continue;
            }
            String slot = "%04x:%02x:%02x"
                    .formatted(
                            ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID),
                            ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_PCI_BUS_ID),
                            ask(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID));
            found.add(new CudaAccelerator(
                    device, new Accelerator.Description("cuda", product, driver, memory[0], false, slot)));
        }
        return found;
    }

    /** @return an attribute of a device, zero if it does not know it */
    static int ask(CUdevice device, int attribute) {
        int[] value = new int[1];
        return JCudaDriver.cuDeviceGetAttribute(value, attribute, device) == CUresult.CUDA_SUCCESS ? value[0] : 0;
    }
}
