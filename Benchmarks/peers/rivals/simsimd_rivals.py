"""SimSIMD: cosine distances of rows, written to memory that lives on."""

import ctypes

import numpy as np
import simsimd

from worker import Rival, Skipped


def keep_none():
    """Gives None the reference that SimSIMD 6.5 drops in every call with `out`; Python before 3.12 would end when none is left."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(None))


def rival(contestant, operation, given):
    used = [name for name, has in simsimd.get_capabilities().items() if has]
    description = f"SimSIMD {simsimd.__version__}, {' '.join(used)}"
    a = given.points
    b = a if operation == "symmetric_float32" else given.targets
    if operation == "paired_float32":
        if given.threads > 1:
            raise Skipped("simsimd.cosine has no threads")
        distances = np.empty(len(a), np.float64)

        def run():
            simsimd.cosine(a, b, out=distances)
            keep_none()
            return distances

    elif operation in ("all_pairs_float32", "symmetric_float32"):
        distances = np.empty((len(a), len(b)), np.float32)

        def run():
            simsimd.cdist(a, b, metric="cosine", threads=given.threads, out=distances, out_dtype="float32")
            keep_none()
            return distances

    else:
        raise Skipped(f"no {operation} with SimSIMD")
    return Rival(description, run, lambda distances: 1 - distances)
