/**
 * Tomography and laminography: from the projections of a DataExchange file to the slices of the sample. One class reads
 * ({@link org.lightpipe.gpu.tomography.Scan}), one prepares, one searches the rotation centre, one reconstructs.
 */
package org.lightpipe.gpu.tomography;
