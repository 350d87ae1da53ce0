/** What every part shares: numbers as they are stored, stacks of frames, threads, and the error for bad input. */
package org.lightpipe.gpu.core;
