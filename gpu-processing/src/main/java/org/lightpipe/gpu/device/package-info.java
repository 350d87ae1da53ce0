/** Accelerators: devices of CUDA and OpenCL behind one small interface, and the pool that lends them to jobs. */
package org.lightpipe.gpu.device;
