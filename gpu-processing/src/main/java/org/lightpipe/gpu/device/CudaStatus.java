package org.lightpipe.gpu.device;

import java.util.Set;
import jcuda.driver.CUresult;

/** What the driver of CUDA answers, in words. */
final class CudaStatus {

    /** After any other answer the context is of no use any more: all later calls give the same one. */
    private static final Set<Integer> HARMLESS = Set.of(
            CUresult.CUDA_ERROR_INVALID_VALUE,
            CUresult.CUDA_ERROR_OUT_OF_MEMORY,
            CUresult.CUDA_ERROR_INVALID_IMAGE,
            CUresult.CUDA_ERROR_NO_BINARY_FOR_GPU,
            CUresult.CUDA_ERROR_INVALID_PTX,
            CUresult.CUDA_ERROR_UNSUPPORTED_PTX_VERSION,
            CUresult.CUDA_ERROR_INVALID_HANDLE,
            CUresult.CUDA_ERROR_NOT_FOUND,
            CUresult.CUDA_ERROR_NOT_READY,
            CUresult.CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
            CUresult.CUDA_ERROR_NOT_SUPPORTED);

    private CudaStatus() {}

    /**
     * @param device for the message
     * @param doing what was tried
     */
    static void check(int status, String device, String doing) throws DeviceException {
        if (status != CUresult.CUDA_SUCCESS) {
            throw new DeviceException(
                    device + ": " + doing + " failed: " + CUresult.stringFor(status), !HARMLESS.contains(status));
        }
    }
}
