"""Makes HDF5 files for the benchmark, and reads them: python3 hdf5_peer.py DIRECTORY FRAMES ROWS COLUMNS SEED

Then reads the names of files from its standard input, and says when it has read all frames of one.
"""

import os
import sys

import h5py
import numpy as np

directory, frames, rows, columns, seed = sys.argv[1], *map(int, sys.argv[2:6])
os.chdir(directory)
rng = np.random.default_rng(seed)
few = rng.poisson(0.4, (7, rows, columns)).astype("u2")
frame = (1, rows, columns)
LAYOUTS = {
    "contiguous": {},
    "chunked": dict(chunks=frame),
    "gzip1": dict(chunks=frame, compression="gzip", compression_opts=1),
    "shuffle+gzip1": dict(chunks=frame, compression="gzip", compression_opts=1, shuffle=True),
    "lzf": dict(chunks=frame, compression="lzf"),
    "bslz4": dict(chunks=frame, compression=32008, compression_opts=(0, 2)),
    "lz4": dict(chunks=frame, compression=32004),
}
for name, options in LAYOUTS.items():
    with h5py.File(name + ".h5", "w") as f:
        data = f.create_dataset("data", (frames, rows, columns), "u2", **options)
        for i in range(frames):
            # frames that are not the same
            data[i] = np.roll(few[i % 7], 31 * i)
with h5py.File("virtual.h5", "w", libver="latest") as f:
    layout = h5py.VirtualLayout((frames, rows, columns), "u2")
    source = h5py.VirtualSource("chunked.h5", "data", (frames, rows, columns))
    half = frames // 2
    layout[:half] = source[:half]
    layout[half:] = source[half:]
    f.create_virtual_dataset("data", layout)
print("ready", flush=True)

block = np.empty((16, rows, columns), "u2")
for line in sys.stdin:
    with h5py.File(line.strip(), "r") as f:
        data = f["data"]
        total = 0
        for i in range(0, frames, len(block)):
            some = min(len(block), frames - i)
            data.read_direct(block, np.s_[i:i + some], np.s_[:some])
            total += int(block[0, 0, 0]) + int(block[some - 1, -1, -1])
    print(total, flush=True)
