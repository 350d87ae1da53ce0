package org.lightpipe.gpu.device;

import java.nio.charset.StandardCharsets;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_device_id;
import org.jocl.cl_platform_id;

/** Asks devices and platforms of OpenCL what they are. */
final class OpenClInfo {

    private OpenClInfo() {}

    /** @return a text, empty if the device does not know it */
    static String text(cl_device_id device, int what) {
        long[] length = new long[1];
        if (CL.clGetDeviceInfo(device, what, 0, null, length) != CL.CL_SUCCESS || length[0] <= 1) {
            return "";
        }
        byte[] bytes = new byte[Math.toIntExact(length[0])];
        return CL.clGetDeviceInfo(device, what, bytes.length, Pointer.to(bytes), null) == CL.CL_SUCCESS
                ? text(bytes)
                : "";
    }

    /** @return a text, empty if the platform does not know it */
    static String text(cl_platform_id platform, int what) {
        long[] length = new long[1];
        if (CL.clGetPlatformInfo(platform, what, 0, null, length) != CL.CL_SUCCESS || length[0] <= 1) {
            return "";
        }
        byte[] bytes = new byte[Math.toIntExact(length[0])];
        return CL.clGetPlatformInfo(platform, what, bytes.length, Pointer.to(bytes), null) == CL.CL_SUCCESS
                ? text(bytes)
                : "";
    }

    /** @return a number of 64 bits, zero if the device does not know it */
    static long number(cl_device_id device, int what) {
        long[] value = new long[1];
        return CL.clGetDeviceInfo(device, what, Sizeof.cl_ulong, Pointer.to(value), null) == CL.CL_SUCCESS
                ? value[0]
                : 0;
    }

    /** @return a number of 32 bits, -1 if the device does not know it */
    static int word(cl_device_id device, int what) {
        int[] value = new int[1];
        return CL.clGetDeviceInfo(device, what, Sizeof.cl_uint, Pointer.to(value), null) == CL.CL_SUCCESS
                ? value[0]
                : -1;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8).strip();
    }
}
