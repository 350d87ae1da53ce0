package org.lightpipe.gpu.device;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Kernels among the resources.
 *
 * @param owner the class beside which they lie
 * @param name of the file, without ending
 */
record KernelSource(Class<?> owner, String name) {

    private static final String HEADER = "lightpipe.h";

    /** @return the common header and the source, for a compiler of OpenCL; lines count from the start of the source */
    String openCl() throws DeviceException {
        return text(Device.class, HEADER) + "\n#line 1 \"" + name + ".cu\"\n" + text(owner, name + ".cu");
    }

    /** @return what nvcc made of header and source, with the zero at the end that the driver asks for */
    byte[] ptx() throws DeviceException {
        byte[] ptx = bytes(owner, name + ".ptx");
        return Arrays.copyOf(ptx, ptx.length + 1);
    }

    private static String text(Class<?> owner, String file) throws DeviceException {
        return new String(bytes(owner, file), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Class<?> owner, String file) throws DeviceException {
        try (InputStream in = owner.getResourceAsStream(file)) {
            if (in == null) {
                throw new DeviceException(
                        file + " is missing beside " + owner.getName()
                                + (file.endsWith(".ptx") ? ": run gpu-processing/build-kernels" : ""),
                        false);
            }
            return in.readAllBytes();
        } catch (DeviceException e) {
            throw e;
        } catch (IOException e) {
            throw new DeviceException(file + " beside " + owner.getName() + " cannot be read: " + e, false);
        }
    }
}
