"""Makes small HDF5 files of all kinds, to be damaged: python3 small.py DIRECTORY"""

import os
import sys

import h5py
import numpy as np

os.chdir(sys.argv[1])
rng = np.random.default_rng(3)


def counts(*shape):
    return rng.poisson(2, shape).astype("u2")


for version, libver in (("old", "earliest"), ("new", "latest")):
    with h5py.File("plain_%s.h5" % version, "w", libver=libver) as f:
        f["entry/data/data"] = counts(3, 4, 5)
        f["entry/title"] = "a title"
        f["entry/names"] = ["a", "bb", "c" * 30]
        f["entry"].attrs["text"] = "text"
        f["entry"].attrs["numbers"] = np.arange(4.0)
        f["soft"] = h5py.SoftLink("/entry/data/data")
        f["external"] = h5py.ExternalLink("part_old.h5", "/data")
        f["kind"] = np.dtype("f4")
        f.create_dataset("typed", data=np.arange(3.0), dtype=f["kind"])
    with h5py.File("packed_%s.h5" % version, "w", libver=libver) as f:
        for name, options in (
            ("gzip", dict(compression="gzip", shuffle=True, fletcher32=True)),
            ("lzf", dict(compression="lzf")),
            ("bslz4", dict(compression=32008, compression_opts=(0, 2))),
            ("lz4", dict(compression=32004)),
        ):
            f.create_dataset(name, data=counts(4, 9, 10), chunks=(1, 9, 10), **options)
    with h5py.File("chunks_%s.h5" % version, "w", libver=libver) as f:
        f.create_dataset("single", data=counts(4, 5), chunks=(4, 5), fillvalue=3)
        f.create_dataset("fixed", data=counts(14, 5), chunks=(2, 5))
        f.create_dataset("growing", data=counts(60, 2), chunks=(1, 2), maxshape=(None, 2))
        f.create_dataset("both", data=counts(30, 20), chunks=(2, 4), maxshape=(None, None), compression="gzip")
    with h5py.File("dense_%s.h5" % version, "w", libver=libver) as f:
        for i in range(40):
            f.attrs["attribute%d" % i] = i
            f["group/member%d" % i] = h5py.SoftLink("/data")
        f["data"] = counts(2, 2)
    with h5py.File("part_%s.h5" % version, "w", libver=libver) as f:
        f.create_dataset("data", data=counts(4, 6, 7), chunks=(1, 6, 7), maxshape=(None, 6, 7))
    with h5py.File("virtual_%s.h5" % version, "w", libver="latest") as f:
        layout = h5py.VirtualLayout((8, 6, 7), "u2")
        layout[0:4] = h5py.VirtualSource("part_%s.h5" % version, "data", (4, 6, 7))
        layout[4:8:2, 1:3] = h5py.VirtualSource("part_%s.h5" % version, "data", (4, 6, 7))[0:2, 0:2]
        f.create_virtual_dataset("data", layout, fillvalue=1)
        f["own"] = counts(3, 3)
        layout = h5py.VirtualLayout((3, 3), "u2")
        layout[...] = h5py.VirtualSource(".", "/own", (3, 3))
        f.create_virtual_dataset("same", layout)
print("\n".join(sorted(name for name in os.listdir(".") if name.endswith(".h5"))))
