"""Makes the test files beside it, which need more of HDF5 than the Java library writes: python3 make.py"""

import os

import h5py
import numpy as np

os.chdir(os.path.dirname(os.path.abspath(__file__)))
DATA = "/entry/data/data"

with h5py.File("unwritten.h5", "w") as file:
    data = file.create_dataset(DATA, (4, 5, 6), "f4", chunks=(1, 5, 6), fillvalue=np.nan)
    data[1] = 7

with h5py.File("never-written.h5", "w") as file:
    file.create_dataset(DATA, (4, 5, 6), "u2", chunks=(1, 5, 6))

with h5py.File("virtual.h5", "w") as file:
    layout = h5py.VirtualLayout((4, 5, 6), "u2")
    layout[:] = h5py.VirtualSource("elsewhere.h5", "data", (4, 5, 6))
    file.create_virtual_dataset(DATA, layout)

with h5py.File("circle.h5", "w") as file:
    file[DATA] = h5py.SoftLink(DATA)

with h5py.File("link-up.h5", "w") as file:
    file[DATA] = h5py.ExternalLink("../outside/frames.h5", "/frames")

with h5py.File("link-beside.h5", "w") as file:
    file[DATA] = h5py.ExternalLink("frames.h5", "/frames")
