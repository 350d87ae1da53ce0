"""Reads the file that the writer's test wrote: python3 read_back.py DIRECTORY; prints "good"."""

import os
import sys

import h5py
import numpy as np

os.chdir(sys.argv[1])


def same(value, expected, dtype=None):
    assert dtype is None or value.dtype == np.dtype(dtype), (value.dtype, dtype)
    assert np.array_equal(value, expected, equal_nan=np.asarray(value).dtype.kind == "f"), (value, expected)


with h5py.File("written.h5", "r") as f:
    assert f.attrs["default"] == "entry" and isinstance(f.attrs["default"], str)
    entry = f["entry"]
    assert entry.attrs["NX_class"] == "NXentry" and isinstance(entry.attrs["NX_class"], str)
    assert list(entry.attrs["several"]) == ["mean", "", "größer"]
    assert isinstance(entry.attrs["several"][0], str)
    assert entry.attrs["none"] == ""
    assert entry.attrs["int"] == 7 and entry.attrs["int"].dtype == "i4"
    assert entry.attrs["long"] == -(2**63)
    assert entry.attrs["float"] == 1.5 and entry.attrs["float"].dtype == "f4"
    same(entry.attrs["doubles"], [1, 2.5], "f8")
    same(entry.attrs["ints"], [1, 2], "i4")
    assert entry["title"].asstr()[()] == "Mean of θ\nand more"
    assert entry["title"].shape == ()
    assert entry["long"].asstr()[()] == "x" * 70000
    assert list(entry["names"].asstr()[...]) == ["n%d" % i for i in range(3000)]
    same(entry["byte"][()], -1, "i1")
    same(entry["short"][()], -2, "i2")
    same(entry["int"][()], -3, "i4")
    assert entry["int"].attrs["units"] == "counts"
    same(entry["double"][()], np.pi, "f8")
    values = f["values"]
    same(values["b"][...], [1, -2], "i1")
    same(values["s"][...], [[1, -2, 3], [4, 5, 6]], "i2")
    same(values["i"][...], [[[1], [2]]], "i4")
    same(values["l"][...], [1, 2**63 - 1], "i8")
    same(values["f"][...], [[[[1, np.nan]]]], "f4")
    same(values["d"][...], [[[[[1, 2], [3, 4]]]]], "f8")
    assert values["d"].attrs["units"] == "m"
    same(values["boxed"][...], [1, 2], "f8")
    assert values["empty"].shape == (0,) and values["empty"][...].size == 0
    frames = np.zeros(3 * 40 * 50, "u2")
    frames[:3] = [0, 65535, 7]
    frames[3:2000] = np.arange(1997)
    same(f["frames"][...], frames.reshape(3, 40, 50), "u2")
    floats = np.concatenate([np.arange(100000), np.zeros(100000), np.arange(1, 100001)])
    same(f["floats"][...].ravel(), floats, "f4")
    for name, rows, columns, chunks in (("i", 100, 70, (7, 30)), ("many", 300, 60, (2, 2))):
        ramp = np.broadcast_to(1000 * rows + 3 * np.arange(columns), (rows, columns)).copy()
        ramp[:, 0] = np.arange(rows)
        packed = f["packed"][name]
        same(packed[...], ramp, "i4")
        assert packed.chunks == chunks and packed.compression == "gzip" and packed.shuffle
    same(f["packed/d"][...], [[[1, 2], [3, 4]]])
    assert f["packed/i"].attrs["units"] == "K"
    assert entry["data"].get("frames", getlink=True).path == "/frames"
    same(entry["data/frames"][0, 0, :3], [0, 65535, 7])
    same(entry["data/raw"][...], [4, 5])
    assert len(f["many"]) == 1000 and f["many/m999"][()] == 999
    f.visititems(lambda name, item: None)
# somebody may add to it
with h5py.File("written.h5", "a") as f:
    f["entry/added"] = 3
    f["entry"].attrs["added"] = "yes"
    f["many/added"] = 5
    del f["many/m5"]
with h5py.File("written.h5", "r") as f:
    assert f["entry/added"][()] == 3 and len(f["many"]) == 1000 and f["entry/title"].asstr()[()][:4] == "Mean"
print("good")
