#!/usr/bin/env python3
"""`sphereshift group` with points that have met merged, and with every point in every step, on the same clusters.

N unit vectors around random directions, normal noise of length 0.3 on each; ten steps. Seconds are from points to groups, as the tool prints them, without
reading and writing; the labels of both are compared.

usage: Benchmarks/peers/merging.py [--points 16384] [--dimension 16] [--clusters 16] [--concentrations 20,100] [--accuracy 1e-3]
                                   [--iterations 10] [--threads 2] [--tool .build/release/sphereshift]
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np


def clusters(points, dimension, count):
    random = np.random.default_rng(1)

    def unit(rows):
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    centers = unit(random.standard_normal((count, dimension)))
    noise = random.standard_normal((points, dimension)) * (0.3 / np.sqrt(dimension))
    return unit(centers[random.integers(0, count, points)] + noise).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=16384)
    parser.add_argument("--dimension", type=int, default=16)
    parser.add_argument("--clusters", type=int, default=16)
    parser.add_argument("--concentrations", default="20,100")
    parser.add_argument("--accuracy", type=float, default=1e-3)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tool", type=Path, default=".build/release/sphereshift")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        np.save(folder / "points.npy", clusters(options.points, options.dimension, options.clusters))

        def run(concentration, *how):
            command = [options.tool, "group", folder / "points.npy", "--normalize", "--concentration", concentration,
                       "--iterations", options.iterations, "--threads", options.threads, "--labels",
                       folder / "labels.npy", "--json", *how]
            answer = subprocess.run([str(part) for part in command], check=True, text=True, capture_output=True)
            return json.loads(answer.stdout), np.load(folder / "labels.npy")

        print("| N | D | kappa | exact s | merged s | exact / merged | kernel values | certified angle | labels |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
        for concentration in options.concentrations.split(","):
            exact, labels = run(concentration, "--exact")
            merged, others = run(concentration, "--accuracy", options.accuracy)
            same = "the same" if (labels == others).all() else f"{(labels != others).sum()} differ"
            print(f"| {options.points} | {options.dimension} | {concentration} | {exact['seconds']:.2f} | {merged['seconds']:.2f} "
                  f"| {exact['seconds'] / merged['seconds']:.1f} | {100 * merged['evaluated_share']:.1f} % "
                  f"| {merged['certified_angle']:.1e} | {same} |", flush=True)


if __name__ == "__main__":
    main()
