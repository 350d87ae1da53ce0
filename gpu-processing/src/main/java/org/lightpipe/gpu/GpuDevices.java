package org.lightpipe.gpu;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jcuda.runtime.JCuda;
import jcuda.runtime.cudaDeviceProp;
import jcuda.runtime.cudaError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The accelerators of this machine. Looked for once, at the first question; a machine without any is no error. */
public final class GpuDevices {

    private static final Logger LOG = LoggerFactory.getLogger(GpuDevices.class);

    private GpuDevices() {}

    /** @return one line for people: which devices there are, and where {@code gpu:} steps run; never throws */
    public static String describe() {
        return Found.DESCRIPTION;
    }

    /** Holds the answer, so that the natives are loaded once and only if somebody asks. */
    private static final class Found {
        static final String DESCRIPTION = probe() + ": gpu: steps run on the java backend";

        static {
            LOG.info(DESCRIPTION);
        }
    }

    private static String probe() {
        try {
            Path natives = Files.createTempDirectory("lightpipe-natives-");
            try {
                return withTemporaryDirectory(natives);
            } finally {
                delete(natives);
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            LOG.debug("no CUDA runtime", e);
            return "the CUDA runtime cannot be loaded here";
        }
    }

    /**
     * JCuda writes its natives to java.io.tmpdir under a fixed name and loads whatever lies there already, which on a
     * shared machine may be somebody else's: so it gets a directory that only this user can write to.
     */
    private static String withTemporaryDirectory(Path natives) throws IOException {
        // the JDK keeps the first value of the property that it sees for its own temporary files: let it see the old
        Files.delete(File.createTempFile("probe", null, natives.toFile()).toPath());
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", natives.toString());
        try {
            return ask();
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
    }

    private static String ask() {
        JCuda.setExceptionsEnabled(false);
        int[] count = new int[1];
        int status = JCuda.cudaGetDeviceCount(count);
        if (status == cudaError.cudaErrorInsufficientDriver) {
            return "no NVIDIA driver found";
        }
        if (status == cudaError.cudaErrorNoDevice || status == cudaError.cudaSuccess && count[0] == 0) {
            return "an NVIDIA driver but no device found";
        }
        if (status != cudaError.cudaSuccess) {
            return "the NVIDIA driver answers " + JCuda.cudaGetErrorString(status);
        }
        List<String> names = new ArrayList<>();
        for (int device = 0; device < count[0]; device++) {
            cudaDeviceProp properties = new cudaDeviceProp();
            names.add(
                    JCuda.cudaGetDeviceProperties(properties, device) == cudaError.cudaSuccess
                            ? properties.getName() + " " + Memory.text(properties.totalGlobalMem)
                            : "device " + device + " that does not answer");
        }
        return "found " + String.join(", ", names) + ", which this version does not use";
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} stays behind", directory, e);
        }
    }
}
