package org.lightpipe.gpu.device;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/** The kernels of one source, loaded. */
final class CudaProgram implements Device.Program {

    private static final int LOG_BYTES = 16_384;

    private final CudaContext context;
    private final String name;
    private final CUmodule module;
    private final Map<String, List<PtxSignatures.Type>> signatures;

    private CudaProgram(
            CudaContext context, String name, CUmodule module, Map<String, List<PtxSignatures.Type>> signatures) {
        this.context = context;
        this.name = name;
        this.module = module;
        this.signatures = signatures;
    }

    static CudaProgram load(CudaContext context, KernelSource source) throws DeviceException {
        byte[] ptx = source.ptx();
        JITOptions options = new JITOptions();
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
        CUmodule module = new CUmodule();
        // outside the heap, so that the compiler of the driver does not hold up the garbage collector
        ByteBuffer image = ByteBuffer.allocateDirect(ptx.length).put(ptx);
        int status = JCudaDriver.cuModuleLoadDataJIT(module, Pointer.to(image), options);
        if (status != CUresult.CUDA_SUCCESS) {
            String log = new String(options.getBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER), StandardCharsets.UTF_8)
                    .replace("\0", "")
                    .strip();
            CudaStatus.check(status, context.name(), "loading " + source.name() + ".ptx (" + log + ")");
        }
        return new CudaProgram(
                context,
                source.name(),
                module,
                PtxSignatures.of(new String(ptx, 0, ptx.length - 1, StandardCharsets.US_ASCII)));
    }

    @Override
    public Device.Kernel kernel(String kernel) throws DeviceException {
        List<PtxSignatures.Type> types = signatures.get(kernel);
        if (types == null) {
            throw new DeviceException(context.name() + ": " + name + ".ptx has no kernel " + kernel, false);
        }
        context.use();
        CUfunction function = new CUfunction();
        CudaStatus.check(
                JCudaDriver.cuModuleGetFunction(function, module, kernel),
                context.name(),
                "looking for the kernel " + kernel);
        return new CudaKernel(context, kernel, function, types);
    }

    void unload() {
        JCudaDriver.cuModuleUnload(module);
    }
}
