"""What pyFAI makes of made-up frames: the numbers that the tests compare with. Run as: pyfai.py DIRECTORY"""
import logging
import sys
import warnings
from pathlib import Path

import numpy
from pyFAI.azimuthalIntegrator import AzimuthalIntegrator
from pyFAI.detectors import Detector

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
folder = Path(sys.argv[1])
rows, columns = 181, 240


def save(name, values):
    numpy.ascontiguousarray(values, dtype="<f8").tofile(folder / (name + ".f8"))


detector = Detector(172e-6, 150e-6, max_shape=(rows, columns))
ai = AzimuthalIntegrator(dist=0.1, poni1=0.0121, poni2=0.0148, rot1=0.11, rot2=-0.07, rot3=0.3,
                         detector=detector, wavelength=1.0332e-10)
ai.save(str(folder / "geometry.poni"))
beside = AzimuthalIntegrator(dist=0.1, poni1=0.06, poni2=-0.01, detector=detector, wavelength=1.0332e-10)
beside.save(str(folder / "beside.poni"))

random = numpy.random.default_rng(1)
q = ai.array_from_unit((rows, columns), "center", "q_A^-1")
expected = 400 * numpy.exp(-q) + 900 * numpy.exp(-((q - 2.1) / 0.05) ** 2)
frame = random.poisson(expected).astype("float32")
mask = (random.random((rows, columns)) < 0.02).astype("int8")
mask[:, 77:81] = 1
dark = random.uniform(1, 3, (rows, columns)).astype("float32")
flat = random.uniform(0.9, 1.1, (rows, columns)).astype("float32")
outliers = frame.copy()
outliers[random.random((rows, columns)) < 0.01] = 5000
for name, values in dict(frame=frame, mask=mask, dark=dark, flat=flat, outliers=outliers).items():
    save(name, values)
save("solidangle", ai.solidAngleArray((rows, columns)))
save("polarization", ai.polarization((rows, columns), 0.95))
save("q", q)
save("chi", ai.chiArray((rows, columns)))


def keep(name, result):
    save(name + ".radial", result.radial)
    save(name + ".I", result.intensity)
    save(name + ".count", result.count)
    if result.sigma is not None:
        save(name + ".sigma", result.sigma)
    if hasattr(result, "azimuthal"):
        save(name + ".azimuthal", result.azimuthal)


full = dict(mask=mask, dark=dark, flat=flat, polarization_factor=0.95, error_model="poisson",
            normalization_factor=2.5)
for split in "no", "bbox", "full":
    method = (split, "csr", "cython")
    for where, geometry in dict(inside=ai, beside=beside).items():
        keep(f"{split}-{where}-plain", geometry.integrate1d_ng(
            frame, 150, unit="q_A^-1", method=method, correctSolidAngle=False))
        keep(f"{split}-{where}-all", geometry.integrate1d_ng(frame, 200, unit="2th_deg", method=method, **full))
        # without splitting, the sparse matrix of this version gives zeros now and then
        keep(f"{split}-{where}-cake", geometry.integrate2d_ng(
            frame, 60, 36, unit="q_nm^-1", mask=mask,
            method=("no", "histogram", "cython") if split == "no" else method))
    keep(f"{split}-range", ai.integrate1d_ng(frame, 80, unit="r_mm", method=method, radial_range=(4, 15)))
    keep(f"{split}-sector", ai.integrate1d_ng(frame, 80, unit="q_A^-1", method=method, azimuth_range=(-40, 75)))
keep("no-histogram", ai.integrate1d_ng(frame, 150, unit="q_A^-1", method=("no", "histogram", "cython")))
for model in "poisson", "azimuthal":
    keep(f"clip-{model}", ai.sigma_clip_ng(outliers, 120, unit="q_A^-1", method=("no", "csr", "cython"),
                                           error_model=model, thres=4, max_iter=5, mask=mask))
keep("azimuthal-errors", ai.integrate1d_ng(frame, 120, unit="q_A^-1", method=("no", "csr", "cython"),
                                           error_model="azimuthal", mask=mask))
