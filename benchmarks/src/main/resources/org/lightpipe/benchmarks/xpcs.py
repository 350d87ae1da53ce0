"""The correlations of XPCS in NumPy, to measure against: what a scientist would write who has no other program.

Arguments: frames (16-bit, [frame][pixel]), frame count, dynamic bins, static bins (32-bit, [pixel]), cores, result.
Reads lines "multitau" or "twotime" and answers each with "done" when the result is written.
"""
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

CHUNK = 512

frames = np.fromfile(sys.argv[1], np.uint16).reshape(int(sys.argv[2]), -1)
dynamic = np.fromfile(sys.argv[3], np.int32)
fixed = np.fromfile(sys.argv[4], np.int32)
pool = ThreadPoolExecutor(int(sys.argv[5]))


def delays(count):
    taus = [(x, 0) for x in range(1, 5)]
    level = 0
    while True:
        for x in range(5, 9):
            if x << level >= count >> level << level:
                return taus
            taus.append((x << level, level))
        level += 1


def chunk(begin):
    """The sums of some pixels, for each delay: so few that they stay in the cache."""
    series = frames[:, begin:begin + CHUNK].astype(np.float32)
    level = 0
    result = []
    for tau, wanted in delays(len(frames)):
        while level < wanted:
            even = len(series) // 2 * 2
            series = series[0:even:2] + series[1:even:2]
            level += 1
        lag = tau >> level
        scale = float(1 << level)
        earlier, later = series[:-lag], series[lag:]
        result.append((np.einsum("ip,ip->p", earlier, later) / (len(earlier) * scale * scale),
                       later.mean(0) / scale, earlier.mean(0) / scale))
    return np.array(result)


def multitau():
    sums = np.concatenate(list(pool.map(chunk, range(0, frames.shape[1], CHUNK))), axis=2)
    counts = np.maximum(np.bincount(fixed), 1)
    g2 = np.zeros((len(sums), dynamic.max()))
    for k, (products, later, earlier) in enumerate(sums):
        means = [np.bincount(fixed, weights) / counts for weights in (products, later, earlier)]
        of_static = means[0] / np.where(means[1] * means[2] == 0, 1e8, means[1] * means[2])
        per_pixel = products / np.where(later * earlier == 0, 1e8, later * earlier)
        for d in range(1, dynamic.max() + 1):
            inside = dynamic == d
            g2[k, d - 1] = of_static[np.unique(fixed[inside])].mean()
            per_pixel[inside].std(ddof=1)
    return g2


def twotime():
    g2 = np.zeros((len(frames), dynamic.max()))
    for d in range(1, dynamic.max() + 1):
        inside = np.flatnonzero(dynamic == d)
        x = frames[:, inside].astype(np.float32)
        for s in np.unique(fixed[inside]):
            of_bin = fixed[inside] == s
            mean = x[:, of_bin].mean(1, keepdims=True)
            x[:, of_bin] /= np.where(mean <= 0, 1, mean)
        total = x.sum(1)
        total[total <= 0] = 1
        c2 = (x @ x.T) * len(inside) / total[:, None] / total[None, :]
        for lag in range(len(frames)):
            g2[lag, d - 1] = np.diagonal(c2, lag).mean()
    return g2


for line in sys.stdin:
    result = multitau() if line.strip() == "multitau" else twotime()
    result.astype(np.float64).tofile(sys.argv[6])
    print("done", flush=True)
