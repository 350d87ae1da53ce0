"""Makes HDF5 files that ask for too much: python3 hostile.py DIRECTORY"""

import os
import sys
import zlib

import h5py
import numpy as np

os.chdir(sys.argv[1])
for libver in ("earliest", "latest"):
    with h5py.File("terabyte_%s.h5" % libver, "w", libver=libver) as f:
        shape = (1_000_000, 1024, 512)
        for name, most in (("fixed", shape), ("growing", (None, 1024, 512))):
            data = f.create_dataset(
                name, shape, "u2", chunks=(1, 1024, 512), maxshape=most, compression="gzip", fillvalue=9)
            data[0] = 1
            data[999_995] = 2
            data[999_999] = 3
with h5py.File("bomb.h5", "w") as f:
    data = f.create_dataset("data", (4, 100, 100), "u2", chunks=(1, 100, 100), compression="gzip")
    data.id.write_direct_chunk((0, 0, 0), zlib.compress(bytes(20_000_000)))
    data.id.write_direct_chunk((1, 0, 0), zlib.compress(bytes(20_000))[:-3])
    data.id.write_direct_chunk((2, 0, 0), zlib.compress(bytes(19_999)))
    data.id.write_direct_chunk((3, 0, 0), zlib.compress(bytes(20_001)))
    lz4 = f.create_dataset("lz4", (2, 100, 100), "u2", chunks=(1, 100, 100), compression=32004)
    lz4.id.write_direct_chunk((0, 0, 0), (2**40).to_bytes(8, "big") + (2**31).to_bytes(4, "big") + bytes(9))
    bits = f.create_dataset("bits", (2, 100, 100), "u2", chunks=(1, 100, 100), compression=32008, compression_opts=(0, 2))
    bits.id.write_direct_chunk((0, 0, 0), (2**40).to_bytes(8, "big") + (2**31).to_bytes(4, "big") + bytes(9))
with h5py.File("large.h5", "w") as f:
    f.create_dataset("chunk", (4, 30000, 30000), "u2", chunks=(1, 30000, 30000))
    f.create_dataset("frame", (4, 30000, 30000), "u2", chunks=(1, 300, 30000))
    f.create_dataset("shape", (2**40, 4, 4), "u2", chunks=(1, 4, 4))
    f.create_dataset("frames", (2**20, 2**20, 4, 4), "u2", chunks=(1, 1, 4, 4))
    f.create_dataset("texts", (2**40,), "S10", chunks=(10,))
