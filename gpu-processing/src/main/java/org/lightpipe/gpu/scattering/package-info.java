/**
 * Azimuthal integration of small and wide angle scattering: calibrated geometry, corrections, a sparse matrix that says
 * which pixel counts for which bin, and its product with each frame.
 */
package org.lightpipe.gpu.scattering;
