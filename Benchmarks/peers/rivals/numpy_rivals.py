"""NumPy: sgemm of the OpenBLAS in its wheel, and its own vectorised loops. All results go to memory that lives on."""

import numpy as np

from worker import Rival, Skipped

# Rows of the kernel matrix at a time: N = 4096 makes 4 MiB, of which the second product finds most in the cache.
BLOCK = 256


def rival(contestant, operation, given):
    makers = {
        "step": step,
        "paired_float32": paired,
        "all_pairs_float32": lambda given: all_pairs(given.points, given.targets),
        "symmetric_float32": lambda given: all_pairs(given.points, given.points),
        "exponential": exponential,
        "product": product,
    }
    return Rival(f"NumPy {np.__version__}, {blas()}", makers[operation](given))


def blas():
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "BLAS unknown"
    for library in threadpool_info():
        if library["user_api"] == "blas" and "numpy.libs" in library["filepath"]:
            return f"OpenBLAS {library['version']} with kernels of {library['architecture']}"
    return "BLAS unknown"


def step(given):
    x, kappa = given.points, np.float32(given.concentration)
    n, _ = x.shape
    kernel, shifted = np.empty((min(BLOCK, n), n), np.float32), np.empty_like(x)

    def run():
        for start in range(0, n, BLOCK):
            rows = slice(start, min(start + BLOCK, n))
            k = kernel[: rows.stop - rows.start]
            np.matmul(x[rows], x.T, out=k)
            k -= np.float32(1)
            k *= kappa
            np.exp(k, out=k)
            # The kernel sum cancels in the normalisation.
            np.matmul(k, x, out=shifted[rows])
        return np.divide(shifted, np.linalg.norm(shifted, axis=1, keepdims=True), out=shifted)

    return run


def all_pairs(a, b):
    cosines = np.empty((len(a), len(b)), np.float32)

    def unit(x):
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    def run():
        left = unit(a)
        # Not left @ left.T: for that NumPy calls syrk and mirrors the triangle, five times as slow at N = 4096, D = 16.
        right = left.copy() if b is a else unit(b)
        return np.matmul(left, right.T, out=cosines)

    return run


def paired(given):
    if given.threads > 1:
        raise Skipped("einsum has no threads")
    a, b = given.points, given.targets

    def dots(x, y):
        return np.einsum("ij,ij->i", x, y)

    return lambda: dots(a, b) / np.sqrt(dots(a, a) * dots(b, b))


def exponential(given):
    if given.threads > 1:
        raise Skipped("numpy.exp has no threads")
    result = np.empty_like(given.points)
    return lambda: np.exp(given.points, out=result)


def product(given):
    result = np.empty((len(given.points), len(given.targets)), np.float32)
    return lambda: np.matmul(given.points, given.targets.T, out=result)
