"""Makes HDF5 files of every layout that the reader knows: python3 layouts.py DIRECTORY

Prints a line for each dataset: file, dataset, type, shape, file with the values (little-endian, row-major).
Files that a program still has open for writing are copied while they are open.
"""

import os
import shutil
import sys

import h5py
import numpy as np

os.chdir(sys.argv[1])
rng = np.random.default_rng(7)
TYPES = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]
count = 0


def say(file, dataset, values):
    global count
    count += 1
    values = np.asarray(values)
    if values.dtype == np.float16:
        values = values.astype("<f4")
    values = values.astype(values.dtype.newbyteorder("<"))
    raw = "%04d.raw" % count
    np.ascontiguousarray(values).tofile(raw)
    shape = ",".join(str(n) for n in values.shape) or "-"
    print(file, dataset, values.dtype.str[1:] if values.dtype.itemsize > 1 else values.dtype.str[1:], shape, raw)


def some(shape, dtype, low=0, high=None):
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return (rng.normal(size=shape) * 100).astype(dtype)
    info = np.iinfo(kind)
    return rng.integers(info.min, info.max, shape, dtype=kind.newbyteorder("="), endpoint=True).astype(dtype)


def counts(shape, dtype="u2"):
    return rng.poisson(3, shape).astype(dtype)


def make(name, libver, **more):
    """A file with datasets of all the layouts that this version of the format has."""
    with h5py.File(name, "w", libver=libver, **more) as file:
        for t in TYPES:
            values = some((3, 4, 5), t)
            file["plain/" + t] = values
            say(name, "/plain/" + t, values)
            big = some((2, 3), ">" + t)
            file["big/" + t] = big
            say(name, "/big/" + t, big)
        half = some((5, 6), "f2")
        half[0, :4] = [np.inf, -np.inf, 6e-8, 0]
        file["half"] = half
        say(name, "/half", half)
        file["bool"] = np.array([True, False, True])
        say(name, "/bool", np.array([1, 0, 1], "i1"))
        file["scalar"] = np.float64(2.5)
        say(name, "/scalar", np.float64(2.5))
        file.create_dataset("unwritten", (3, 4), "i4", fillvalue=-7)
        say(name, "/unwritten", np.full((3, 4), -7, "i4"))
        compact(file, name)
        chunked(file, name)
        texts(file)


def compact(file, name):
    values = some((3, 5), "i2")
    space = h5py.h5s.create_simple(values.shape)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_layout(h5py.h5d.COMPACT)
    dataset = h5py.h5d.create(file.id, b"compact", h5py.h5t.STD_I16LE, space, plist)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values)
    say(name, "/compact", values)


def chunked(file, name):
    def add(dataset, values, **options):
        file.create_dataset("chunked/" + dataset, data=values, **options)
        say(name, "/chunked/" + dataset, values)

    frames = counts((10, 33, 47))
    add("none", frames, chunks=(3, 10, 20))
    add("frame", frames, chunks=(1, 33, 47))
    add("gzip", frames, chunks=(3, 10, 20), compression="gzip")
    add("shuffle", frames, chunks=(3, 10, 20), compression="gzip", shuffle=True)
    add("fletcher", frames, chunks=(3, 10, 20), compression="gzip", shuffle=True, fletcher32=True)
    add("onlysum", frames, chunks=(1, 33, 47), fletcher32=True)
    add("lzf", frames, chunks=(3, 10, 20), compression="lzf")
    add("lzfshuffle", frames, chunks=(1, 33, 47), compression="lzf", shuffle=True)
    add("odd", some((11,), "u1"), chunks=(3,), fletcher32=True)
    for t in TYPES:
        add("shuffle_" + t, some((40, 30), t), chunks=(7, 13), compression="gzip", shuffle=True)
    for t in TYPES:
        # 77 * 129 elements are no multiple of 8, and no multiple of a block
        add("bslz4_" + t, counts((3, 77, 129), t), chunks=(1, 77, 129), compression=32008, compression_opts=(0, 2))
    add("bslz4_small", counts((6, 5), "u4"), chunks=(2, 2), compression=32008, compression_opts=(0, 2))
    add("bslz4_block", counts((2, 100, 90)), chunks=(1, 100, 90), compression=32008, compression_opts=(256, 2))
    add("bslz4_random", some((2, 100, 90), "u4"), chunks=(1, 100, 90), compression=32008, compression_opts=(0, 2))
    add("bs_u2", counts((2, 77, 129)), chunks=(1, 77, 129), compression=32008, compression_opts=(0, 0))
    add("bs_f8", some((2, 77, 129), "f8"), chunks=(1, 77, 129), compression=32008, compression_opts=(0, 0))
    add("lz4", frames, chunks=(3, 10, 20), compression=32004)
    add("lz4_block", frames, chunks=(10, 33, 47), compression=32004, compression_opts=(1000,))
    add("lz4_random", some((20, 30), "f8"), chunks=(7, 30), compression=32004)
    # single chunk, implicit, fixed array, extensible array, tree of version 2
    add("single", frames, chunks=frames.shape)
    add("singlegzip", frames, chunks=frames.shape, compression="gzip")
    add("fixed", some((50, 7), "i4"), chunks=(1, 3))
    add("fixedgzip", some((50, 7), "i4"), chunks=(1, 3), compression="gzip")
    add("paged", some((3000,), "u2"), chunks=(2,))
    add("pagedgzip", counts((3000,)), chunks=(2,), compression="gzip")
    add("growing", some((2, 900, 5), "i2"), chunks=(1, 1, 3), maxshape=(2, None, 7))
    add("growinggzip", counts((900, 4)), chunks=(1, 3), maxshape=(None, 4), compression="gzip")
    add("both", some((90, 80), "i2"), chunks=(3, 3), maxshape=(None, None))
    add("bothgzip", counts((90, 80)), chunks=(3, 3), maxshape=(None, None), compression="gzip")
    holes = file.create_dataset("chunked/holes", (9, 10), "f4", chunks=(2, 3), fillvalue=np.nan)
    holes[3:5, 4] = 1
    say(name, "/chunked/holes", holes[...])
    holes = file.create_dataset("chunked/pagedholes", (9000,), "u1", chunks=(1,), fillvalue=9)
    holes[5000:5010] = 1
    say(name, "/chunked/pagedholes", holes[...])
    holes = file.create_dataset("chunked/growingholes", (9000, 2), "u1", chunks=(1, 2), fillvalue=9, maxshape=(None, 2))
    holes[8000:8010] = 1
    say(name, "/chunked/growingholes", holes[...])
    file.create_dataset("chunked/unwritten", (9, 10), "f4", chunks=(2, 3), fillvalue=4)
    say(name, "/chunked/unwritten", np.full((9, 10), 4, "f4"))
    implicit(file, name)
    masked(file, name)


def implicit(file, name):
    values = some((21, 10), "u2")
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((4, 3))
    plist.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    dataset = h5py.h5d.create(
        file["chunked"].id, b"implicit", h5py.h5t.STD_U16LE, h5py.h5s.create_simple(values.shape), plist)
    dataset.write(h5py.h5s.ALL, h5py.h5s.ALL, values)
    say(name, "/chunked/implicit", values)


def masked(file, name):
    """A chunk that was written without one of the filters."""
    values = some((4, 8), "u2")
    dataset = file.create_dataset("chunked/masked", (4, 8), "u2", chunks=(1, 8), compression="gzip", shuffle=True)
    dataset[...] = values
    dataset.id.write_direct_chunk((2, 0), values[2].tobytes(), 3)
    say(name, "/chunked/masked", values)


def texts(file):
    file["texts/variable"] = ["one", "", "drei µ", "4" * 5000]
    file["texts/fixed"] = np.array([b"ab", b"", b"abc"], "S3")
    file["texts/scalar"] = "température"
    group = file["texts"]
    group.attrs["text"] = "Å and more"
    group.attrs["fixed"] = np.bytes_("fixed")
    group.attrs["several"] = ["a", "b"]
    group.attrs["int"] = np.int32(-3)
    group.attrs["u64"] = np.uint64(2**64 - 1)
    group.attrs["float"] = np.float32(1.5)
    group.attrs["array"] = np.array([1.5, 2, 3], ">f8")
    file["named"] = np.dtype("<u2")
    group.attrs.create("named", 7, dtype=file["named"])
    file.create_dataset("typed", data=np.arange(6, dtype="u2"), dtype=file["named"])
    dense = file.create_group("dense")
    for i in range(200):
        dense.attrs["attribute%03d" % i] = i
    many = file.create_group("many")
    for i in range(5000):
        many.create_group("member%04d" % i)
    few = file.create_group("few")
    for i in range(20):
        few["m%d" % i] = i
    file["soft"] = h5py.SoftLink("/plain/u2")
    file["relative/link"] = h5py.SoftLink("other")
    file["relative/other"] = np.arange(3)
    file["circle"] = h5py.SoftLink("/circle")
    file["dangling"] = h5py.SoftLink("/nothing")
    file["external"] = h5py.ExternalLink("beside.h5", "/group/data")
    file["compound"] = np.zeros(3, [("a", "i4"), ("b", "f8")])
    file["null"] = h5py.Empty("f4")
    file["zero"] = np.zeros((0, 5))


def beside():
    with h5py.File("beside.h5", "w") as file:
        values = np.arange(12).reshape(3, 4)
        file["group/data"] = values
    for name in ("old.h5", "new.h5", "v110.h5"):
        say(name, "/external", values)


def virtual():
    with h5py.File("virtual.h5", "w", libver="latest") as file:
        parts = [counts((4, 6, 7)) for _ in range(3)]
        layout = h5py.VirtualLayout((16, 6, 7), "u2")
        for i, part in enumerate(parts):
            with h5py.File("part%d.h5" % i, "w") as source:
                source.create_dataset("data", data=part, chunks=(1, 6, 7), compression="gzip")
            layout[4 * i:4 * i + 4] = h5py.VirtualSource("part%d.h5" % i, "data", part.shape)
        layout[12:16] = h5py.VirtualSource("missing.h5", "data", (4, 6, 7))
        file.create_virtual_dataset("frames", layout, fillvalue=5)
        say("virtual.h5", "/frames", np.concatenate(parts + [np.full((4, 6, 7), 5, "u2")]))

        layout = h5py.VirtualLayout((12, 6, 7), "u2")
        for i, part in enumerate(parts):
            layout[i::3] = h5py.VirtualSource("part%d.h5" % i, "data", part.shape)
        file.create_virtual_dataset("interleaved", layout)
        mixed = np.zeros((12, 6, 7), "u2")
        for i, part in enumerate(parts):
            mixed[i::3] = part
        say("virtual.h5", "/interleaved", mixed)

        file["own"] = np.arange(42, dtype="f4").reshape(6, 7)
        layout = h5py.VirtualLayout((2, 6, 7), "f4")
        layout[0] = h5py.VirtualSource(".", "/own", (6, 7))
        layout[1, 1:3, 2:5] = h5py.VirtualSource(".", "/own", (6, 7))[2:4, 0:6:2]
        file.create_virtual_dataset("images", layout, fillvalue=-1)
        own = file["own"][...]
        images = np.full((2, 6, 7), -1, "f4")
        images[0] = own
        images[1, 1:3, 2:5] = own[2:4, 0:6:2]
        say("virtual.h5", "/images", images)

        layout = h5py.VirtualLayout((12, 6, 7), "u2")
        layout[...] = h5py.VirtualSource(".", "/interleaved", (12, 6, 7))
        file.create_virtual_dataset("nested", layout)
        say("virtual.h5", "/nested", mixed)

        layout = h5py.VirtualLayout((4, 42), "u2")
        layout[...] = h5py.VirtualSource("part0.h5", "data", (4, 6, 7))
        file.create_virtual_dataset("reshaped", layout)
    unlimited(parts)


def unlimited(parts):
    with h5py.File("unlimited.h5", "w", libver="latest") as file:
        u = h5py.h5s.UNLIMITED
        for i, part in enumerate(parts):
            file.create_dataset("block%d" % i, data=part, maxshape=(None, 6, 7), chunks=(1, 6, 7))
        # one source that grows
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        here = h5py.h5s.create_simple((0, 6, 7), (u, 6, 7))
        here.select_hyperslab((0, 0, 0), (1, 1, 1), (1, 1, 1), (u, 6, 7))
        there = h5py.h5s.create_simple((4, 6, 7), (u, 6, 7))
        there.select_hyperslab((0, 0, 0), (1, 1, 1), (1, 1, 1), (u, 6, 7))
        plist.set_virtual(here, b".", b"/block1", there)
        space = h5py.h5s.create_simple((0, 6, 7), (u, 6, 7))
        h5py.h5d.create(file.id, b"growing", h5py.h5t.STD_U16LE, space, plist)
        # sources that are told apart by numbers
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        here = h5py.h5s.create_simple((0, 6, 7), (u, 6, 7))
        here.select_hyperslab((0, 0, 0), (u, 1, 1), (4, 1, 1), (4, 6, 7))
        there = h5py.h5s.create_simple((4, 6, 7), (4, 6, 7))
        plist.set_virtual(here, b".", b"/block%b", there)
        h5py.h5d.create(file.id, b"numbered", h5py.h5t.STD_U16LE, space, plist)
    with h5py.File("unlimited.h5") as file:
        say("unlimited.h5", "/growing", file["growing"][...])
        say("unlimited.h5", "/numbered", file["numbered"][...])
        assert file["numbered"].shape == (12, 6, 7) and file["growing"].shape == (4, 6, 7)


def swmr():
    file = h5py.File("swmr.h5", "w", libver="latest")
    data = file.create_dataset("data", (0, 9, 8), "u2", chunks=(1, 9, 8), maxshape=(None, 9, 8), compression="gzip")
    file.swmr_mode = True
    values = counts((40, 9, 8))
    for i in range(40):
        data.resize(i + 1, 0)
        data[i] = values[i]
        data.flush()
    shutil.copy("swmr.h5", "swmr_open.h5")
    file.close()
    say("swmr_open.h5", "/data", values)
    say("swmr.h5", "/data", values)
    file = h5py.File("open.h5", "w")
    file["data"] = values
    file.flush()
    shutil.copy("open.h5", "plain_open.h5")
    file.close()
    say("plain_open.h5", "/data", values)


def large():
    """Indexes with more than one level."""
    for libver in ("earliest", "latest"):
        name = "large_%s.h5" % libver
        with h5py.File(name, "w", libver=libver) as file:
            values = some((60, 50, 9), "u1")
            file.create_dataset("chunks", data=values, chunks=(1, 1, 9))
            say(name, "/chunks", values)
            both = some((200, 150), "u1")
            file.create_dataset("both", data=both, chunks=(1, 2), maxshape=(None, None))
            say(name, "/both", both)
            if libver == "latest":
                # enough for pages in the data blocks of the extensible array
                values = some((300000,), "u1")
                file.create_dataset("pages", data=values, chunks=(1,), maxshape=(None,))
                say(name, "/pages", values)
                sparse = file.create_dataset("sparse", (300000,), "u1", chunks=(1,), maxshape=(None,), fillvalue=3)
                sparse[200000:200100] = 1
                sparse[299990:] = 2
                say(name, "/sparse", sparse[...])


def odd():
    with h5py.File("userblock.h5", "w", userblock_size=1024) as file:
        file["data"] = np.arange(5)
    say("userblock.h5", "/data", np.arange(5))
    with h5py.File("refused.h5", "w") as file:
        file.create_dataset("szip", data=counts((8, 8)), chunks=(4, 4), scaleoffset=0)
        file.create_dataset("bits12", data=counts((8, 8)), dtype=np.dtype("u2"))


make("old.h5", "earliest")
make("new.h5", "latest")
make("v110.h5", ("v110", "v110"), track_order=True)
beside()
virtual()
swmr()
large()
odd()
