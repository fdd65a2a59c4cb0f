"""What is compared: inputs, exact results in float64, errors and what is allowed."""

from dataclasses import dataclass

import numpy as np

# Errors above these are mistakes and no rounding; the error itself is in the results.
LIMITS = {
    "step": 1e-4,
    "forward_backward": 1e-3,
    "cosine": 1e-5,
    "nearest_neighbors": 1e-5,
    "exponential": 8,
    "product": 1e-5,
}
# Rows of a result that are compared where all would take long.
COMPARED_ROWS = 512
NEIGHBOURS = 10


@dataclass
class Case:
    """One input of one operation and who takes part."""

    family: str
    operation: str
    n: int
    d: int
    rivals: list
    m: int = None
    concentration: float = None
    threads: int = 1

    def __str__(self):
        parts = [f"N = {self.n}"] + ([f"M = {self.m}"] if self.m else []) + [f"D = {self.d}"]
        parts += [f"kappa = {self.concentration:g}"] if self.concentration else []
        return f"{self.operation}, {', '.join(parts)}, threads = {self.threads}"

    def make_inputs(self, folder):
        """Operands for an operation that the tool does not have."""
        generator = np.random.default_rng(1)
        points = generator.standard_normal((self.n, self.d))
        if self.family == "gradient":
            centres = generator.standard_normal((16, self.d))
            centres /= np.linalg.norm(centres, axis=1, keepdims=True)
            points = centres[generator.integers(0, 16, self.n)] + points * (0.3 / np.sqrt(self.d))
            points /= np.linalg.norm(points, axis=1, keepdims=True)
        rows = self.n if self.family == "gradient" else self.m or self.n
        for name, operand in [("points", points), ("targets", generator.standard_normal((rows, self.d)))]:
            np.save(folder / f"{name}.npy", operand.astype(np.float32))


def families(quick):
    """The inputs of every family, for one thread."""
    steps = [(299, 17)] if quick else [(4096, 3), (4096, 16), (4096, 64), (1024, 16), (16384, 16)]
    gradients = [(299, 17)] if quick else [(1024, 16), (4096, 16), (4096, 64)]
    pairs = [(299, 17)] if quick else [(4096, 16), (4096, 64)]
    # In the first-level cache, and beyond it, where the price of a call from Python no longer counts.
    exponentials = [299] if quick else [2048, 65536]
    squares = [64] if quick else [256, 512, 1024]
    narrow = [3, 17] if quick else [3, 9, 16, 27, 32, 64]
    wide = 299 if quick else 4096
    return {
        "step": [
            Case("step", "step", n, d, ["openblas-sleef-blocks", "torch-sdpa", "torch-chunks", "numpy-blocks"],
                 concentration=100) for n, d in steps
        ],
        "gradient": [
            Case("gradient", "forward_backward", n, d, ["torch-sdpa", "torch-chunks"], concentration=100)
            for n, d in gradients
        ],
        "cosine": [
            Case("cosine", operation, n, d, rivals)
            for operation, rivals in [
                ("paired_float32", ["simsimd", "numpy"]),
                ("paired_float64", ["numkong"]),
                ("all_pairs_float32", ["faiss", "simsimd", "numpy"]),
                ("all_pairs_float64", ["numkong"]),
                ("symmetric_float32", ["faiss", "simsimd", "numpy"]),
                ("symmetric_float64", ["numkong"]),
            ] for n, d in pairs
        ],
        "neighbors": [
            # The points among themselves.
            Case("neighbors", "nearest_neighbors", n, d, ["faiss"])
            for n, d in ([(299, 17)] if quick else [(65536, 64)])
        ],
        "exp": [
            Case("exp", "exponential", n, 1, ["sleef", "numpy", "torch"], concentration=kappa)
            for kappa in (10, 100) for n in exponentials
        ],
        # C = A B^T, A of N x D and B of M x D.
        "product": [
            Case("product", "product", n, d, ["openblas", "numpy"], m=m)
            for n, m, d in [(s, s, s) for s in squares] + [(wide, wide, s) for s in narrow]
            + [(wide, s, wide) for s in narrow]
        ],
        "group": [Case("group", "group", 299 if quick else 4096, 16, ["sklearn"])],
    }


class Truth:
    """The exact result of a case on some rows, in float64."""

    def __init__(self, case, folder):
        self.case = case
        self.points = np.load(folder / "points.npy").astype(np.float64)
        targets = folder / "targets.npy"
        self.targets = np.load(targets).astype(np.float64) if targets.exists() else None
        rows = len(self.targets) if case.operation == "nearest_neighbors" else len(self.points)
        count = rows if case.operation in ("forward_backward", "exponential") else min(rows, COMPARED_ROWS)
        # Evenly spread, the first and the last row among them: there the tails of kernels are.
        self.rows = np.linspace(0, rows - 1, count).astype(int)
        self.values = self.evaluate()

    def evaluate(self):
        operation, x, rows = self.case.operation, self.points, self.rows
        kind = operation.rsplit("_", 1)[0]
        if operation == "step":
            mean = np.exp(self.case.concentration * (x[rows] @ x.T - 1)) @ x
            return unit(mean)
        if operation == "forward_backward":
            return self.gradient()
        if operation == "exponential":
            return np.exp(x)
        if operation == "product":
            return x[rows] @ self.targets.T
        if operation == "nearest_neighbors":
            cosines = unit(self.targets[rows]) @ unit(x).T
            return np.sort(np.partition(cosines, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:], axis=1)[:, ::-1]
        if kind == "paired":
            return (unit(x[rows]) * unit(self.targets[rows])).sum(axis=1, keepdims=True)
        if kind in ("all_pairs", "symmetric"):
            return unit(x[rows]) @ unit(x if kind == "symmetric" else self.targets).T
        raise ValueError(f"no exact result of {operation}")

    def gradient(self):
        """The gradient with respect to the points of the sum of upstream times step(points), in blocks of rows.

        With K_ij = exp(kappa (x_i x_j - 1)), m = K x, y = m / |m| and g = (upstream - (upstream y) y) / |m| it is
        sum_j K_ij (g_j + kappa (g_i x_j + g_j x_i) x_j), as K is symmetric.
        """
        x, upstream, kappa = self.points, self.targets, self.case.concentration
        blocks = [slice(start, start + 256) for start in range(0, len(x), 256)]
        mean = np.concatenate([np.exp(kappa * (x[rows] @ x.T - 1)) @ x for rows in blocks])
        length = np.linalg.norm(mean, axis=1, keepdims=True)
        y = mean / length
        g = (upstream - (upstream * y).sum(axis=1, keepdims=True) * y) / length
        result = np.empty_like(x)
        for rows in blocks:
            kernel = np.exp(kappa * (x[rows] @ x.T - 1))
            result[rows] = kernel @ g + (kappa * kernel * (g[rows] @ x.T + x[rows] @ g.T)) @ x
        return result

    def error(self, result):
        """The largest error of `result`, in the measure of the operation; NaN counts as infinite."""
        result = np.asarray(result, np.float64)
        expected = self.values
        if self.case.operation == "nearest_neighbors" and result.shape != (len(self.targets), NEIGHBOURS):
            return np.inf
        result = result.reshape(-1, expected.shape[1])[self.rows]
        difference = result - expected
        operation = self.case.operation
        if operation == "step":
            # Distance of a row from the exact one.
            errors = np.linalg.norm(difference, axis=1)
        elif operation == "forward_backward":
            # The same in parts of the longest row.
            errors = np.linalg.norm(difference, axis=1) / np.linalg.norm(expected, axis=1).max()
        elif operation == "exponential":
            # Units in the last place of float32; a subnormal number may also be 0.
            ulp = np.spacing(np.maximum(expected, np.finfo(np.float32).tiny).astype(np.float32)).astype(np.float64)
            errors = np.where(np.abs(difference) <= np.finfo(np.float32).tiny, 0, np.abs(difference) / ulp)
        elif operation == "product":
            # In parts of the lengths of the two rows that are multiplied.
            errors = np.abs(difference) / np.linalg.norm(self.points[self.rows], axis=1, keepdims=True)
            errors /= np.linalg.norm(self.targets, axis=1)
        else:
            errors = np.abs(difference)
        return float(np.max(np.where(np.isnan(errors), np.inf, errors)))

    @property
    def limit(self):
        return LIMITS[self.case.family if self.case.family in LIMITS else self.case.operation]


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)
