"""Writes frames as a detector does: python3 swmr_live.py DIRECTORY; a line when the file can be opened."""

import os
import sys
import time

import h5py
import numpy as np

os.chdir(sys.argv[1])
file = h5py.File("live.h5", "w", libver="latest")
options = dict(chunks=(1, 30, 40), maxshape=(None, 30, 40), dtype="u2")
plain = file.create_dataset("plain", (0, 30, 40), **options)
packed = file.create_dataset("packed", (0, 30, 40), compression="gzip", shuffle=True, **options)
file.swmr_mode = True
os.rename("live.h5", "scan.h5")
print("open", flush=True)
for i in range(2000):
    for data in (plain, packed):
        data.resize(i + 1, 0)
        data[i] = np.full((30, 40), i + 1, "u2")
        data.flush()
    if i % 20 == 0:
        time.sleep(0.01)
file.close()
