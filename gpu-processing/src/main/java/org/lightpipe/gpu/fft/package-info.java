/** Fourier transforms on devices; on the processor a library does them. */
package org.lightpipe.gpu.fft;
