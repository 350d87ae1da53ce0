"""pyFAI's azimuthal integration, to measure against.

Arguments: frames (16-bit, [frame][row][column]), rows, columns, .poni file, bins, a folder for patterns.
Reads lines "method implementation frames" and answers each with "seconds seconds-of-processor" when as many frames are
integrated (the stored ones over and over), or with what is wrong. The pattern of the first frame is left in the folder.
"""
import logging
import sys
import time
import warnings

import numpy as np

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

try:
    import pyFAI
except ImportError:
    for line in sys.stdin:
        print("there is no pyFAI", flush=True)
    sys.exit()

rows, columns, bins = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[5])
frames = np.fromfile(sys.argv[1], np.uint16).reshape(-1, rows, columns)
integrator = pyFAI.load(sys.argv[4])

for line in sys.stdin:
    split, implementation, count = line.split()
    try:
        method = (split, "csr", implementation)
        first = integrator.integrate1d_ng(frames[0], bins, unit="q_A^-1", method=method)
        np.asarray(first.intensity, np.float64).tofile(f"{sys.argv[6]}/{split}-{implementation}.f8")
        begin, used = time.perf_counter(), time.process_time()
        for i in range(int(count)):
            integrator.integrate1d_ng(frames[i % len(frames)], bins, unit="q_A^-1", method=method)
        print(time.perf_counter() - begin, time.process_time() - used, flush=True)
    except Exception as e:
        print("not possible:", type(e).__name__, str(e).replace("\n", " ")[:200], flush=True)
