"""scikit-learn: MeanShift, from points to labels.

Another algorithm: a flat kernel, every point a seed that climbs on fixed points, duplicates of modes pruned. Only the
wall time of grouping compares.
"""

import numpy as np
import sklearn
from sklearn.cluster import MeanShift

from worker import Rival


def rival(contestant, operation, given):
    # A chord of 0.5 around a cluster of noise 0.3 holds most of it and nothing of the others.
    mean_shift = MeanShift(bandwidth=0.5, n_jobs=given.threads, max_iter=50)
    return Rival(
        f"scikit-learn {sklearn.__version__}, MeanShift(bandwidth=0.5, max_iter=50)",
        lambda: mean_shift.fit(given.points).labels_, lambda labels: labels.astype(np.int64))
