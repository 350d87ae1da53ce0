/** HDF5 files that nobody vouches for, read in bounded memory by many threads, and results written as NeXus. */
package org.lightpipe.gpu.hdf5;
