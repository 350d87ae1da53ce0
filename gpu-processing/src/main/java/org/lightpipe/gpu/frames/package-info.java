/**
 * What all frames have in common: statistics and quality of a stack, corrections, images in companion files, and the
 * compression that detectors use.
 */
package org.lightpipe.gpu.frames;
