/**
 * X-ray photon correlation spectroscopy: {@code gpu:xpcs}, and the sparse detector formats of its beamlines. Samples
 * stream through in blocks; what is kept per pixel is cut to the memory there is.
 */
package org.lightpipe.gpu.xpcs;
