"""FAISS: all pairs by way of squared distances of unit rows, c = 1 - |a - b|^2 / 2, and exact search.

Squared distances go through sgemm; FAISS's own all-pairs inner product does not and took 1.5 times as long at D = 16.
Normalising the rows is timed, turning distances into cosines is not.
"""

import faiss
import numpy as np

from worker import Rival, Skipped

NEIGHBOURS = 10


def rival(contestant, operation, given):
    faiss.omp_set_num_threads(given.threads)
    description = f"FAISS {faiss.__version__}, {faiss.get_compile_options().strip()}"
    if operation in ("all_pairs_float32", "symmetric_float32"):
        other = given.points if operation == "symmetric_float32" else given.targets
        return Rival(description, all_pairs(given.points, other), lambda distances: 1 - distances / 2)
    if operation == "nearest_neighbors":
        return Rival(description, search(given.points, given.targets), lambda cosines: cosines)
    raise Skipped(f"no {operation} with FAISS")


def all_pairs(a, b):
    (n, d), m = a.shape, len(b)
    distances = np.empty((n, m), np.float32)
    left, right = np.empty_like(a), np.empty_like(b)

    def run():
        np.copyto(left, a)
        faiss.normalize_L2(left)
        unit = left
        if b is not a:
            np.copyto(right, b)
            faiss.normalize_L2(right)
            unit = right
        # What faiss.pairwise_distances calls, but into memory that lives on.
        faiss.pairwise_L2sqr(
            d, n, faiss.swig_ptr(left), m, faiss.swig_ptr(unit), faiss.swig_ptr(distances))
        return distances

    return run


def search(points, queries):
    unit = points.copy()
    faiss.normalize_L2(unit)
    index = faiss.IndexFlatIP(points.shape[1])
    index.add(unit)
    # By products, as FAISS does by itself for more queries (N D above 128000).
    faiss.cvar.distance_compute_blas_threshold = 1
    query = queries.copy()
    cosines = np.empty((len(queries), NEIGHBOURS), np.float32)
    labels = np.empty((len(queries), NEIGHBOURS), np.int64)

    def run():
        np.copyto(query, queries)
        faiss.normalize_L2(query)
        index.search(query, NEIGHBOURS, D=cosines, I=labels)
        return cosines

    return run
