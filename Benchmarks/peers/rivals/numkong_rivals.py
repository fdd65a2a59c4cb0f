"""NumKong: angular distances, summed in float64 and returned in float64, hence for the operations with float64 sums too."""

import numkong
import numpy as np

from worker import Rival, Skipped


def rival(contestant, operation, given):
    if given.threads > 1:
        raise Skipped("NumKong has no threads")
    used = [name for name, has in numkong.get_capabilities().items() if has]
    description = f"NumKong {numkong.__version__}, {' '.join(used)}"
    a, b = given.points, given.targets
    kind = operation.rsplit("_", 1)[0]
    if kind == "paired":
        distances = np.empty(len(a), np.float64)

        def run():
            numkong.angular(a, b, out=distances)
            return distances

        return Rival(description, run, lambda distances: 1 - distances)
    if kind == "symmetric":
        distances = numkong.angulars_symmetric(a)

        def run():
            numkong.angulars_symmetric(a, out=distances)
            return distances

        # Only the upper triangle is computed; it is mirrored for the comparison, outside the time.
        def finish(distances):
            upper = np.triu(1 - np.asarray(distances))
            return upper + np.triu(upper, 1).T

        return Rival(description, run, finish)
    if kind == "all_pairs":
        distances = numkong.angulars_packed(a, numkong.dots_pack(b, dtype="f32"))

        def run():
            numkong.angulars_packed(a, numkong.dots_pack(b, dtype="f32"), out=distances)
            return distances

        return Rival(description, run, lambda distances: 1 - np.asarray(distances))
    raise Skipped(f"no {operation} with NumKong")
