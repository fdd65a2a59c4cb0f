#!/usr/bin/env python3
"""How the time of `sphereshift group` grows with the number of points, beside one exact step of 65,536.

N unit vectors around 100 random directions, normal noise of length 0.3 on each, until converged; and points uniform on the sphere, four steps, beside --exact. The exact
step, D = 16, evaluates every tile (`sphereshift benchmark step`), and is timed in the same run.

With --photograph, the pixels of a picture too, ten steps: directions of their colours (D = 3), and colour and position (D = 6; needs Pillow).

usage: Benchmarks/peers/growth.py [--points 16384,65536,262144,1000000] [--uniform 16384] [--dimension 16] [--concentration 100]
                                  [--accuracy 1e-3] [--threads 2] [--photograph FILE] [--tool .build/release/sphereshift]
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from certificates import photograph
from merging import clusters


def color_directions(path):
    """The colours of a picture as unit rows in R^3."""
    from PIL import Image

    rgb = np.asarray(Image.open(path).convert("RGB"), np.float64).reshape(-1, 3) / 255 + 1e-3
    return (rgb / np.linalg.norm(rgb, axis=1, keepdims=True)).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", default="16384,65536,100000,262144,1000000")
    parser.add_argument("--uniform", type=int, default=16384)
    parser.add_argument("--dimension", type=int, default=16)
    parser.add_argument("--concentration", type=float, default=100)
    parser.add_argument("--accuracy", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--photograph", type=Path)
    parser.add_argument("--tool", type=Path, default=Path(".build/release/sphereshift"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def group(*how):
            command = ["/usr/bin/time", "-f", "resident %M", options.tool, "group", folder / "points.npy", "--normalize", "--concentration",
                       options.concentration, "--threads", options.threads, "--json", *how]
            answer = subprocess.run([str(part) for part in command], check=True, text=True, capture_output=True)
            return json.loads(answer.stdout), int(re.search(r"resident (\d+)", answer.stderr)[1]) / 1024

        table = subprocess.run(
            [str(part) for part in [options.tool, "benchmark", "step", "-n", 65536, "-d", options.dimension, "--concentration",
                                    options.concentration, "--threads", options.threads, "--operation", "step", "--json"]],
            check=True, text=True, capture_output=True)
        rows = [row for row in json.loads(table.stdout)["rows"] if "naive" not in row["contestant"] and "skipping" not in row["contestant"]]
        step = min(row["median_ms"] for row in rows) / 1000
        print(f"one exact step of 65,536 points: {step:.2f} s\n")
        print("| N | s | in exact steps of 65,536 | growth | iterations | groups | kernel values | certified | MiB |")
        print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        before = None
        for count in (int(text) for text in options.points.split(",")):
            np.save(folder / "points.npy", clusters(count, options.dimension, 100))
            found, resident = group("--accuracy", options.accuracy)
            seconds = found["seconds"]
            growth = f"{np.log(seconds / before[1]) / np.log(count / before[0]):.2f}" if before else ""
            print(f"| {count} | {seconds:.2f} | {seconds / step:.2f} | {growth} | {found['iterations']} | {found['groups']} "
                  f"| {100 * found['evaluated_share']:.1f} % | {found['certified_angle']:.1e} | {resident:.0f} |", flush=True)
            before = (count, seconds)
        random = np.random.default_rng(2)
        np.save(folder / "points.npy", random.standard_normal((options.uniform, options.dimension)).astype(np.float32))
        exact, _ = group("--iterations", 4, "--exact")
        found, _ = group("--iterations", 4, "--accuracy", options.accuracy)
        print(f"\nuniform, N = {options.uniform}, four steps: {found['seconds']:.2f} s, exact {exact['seconds']:.2f} s, "
              f"ratio {found['seconds'] / exact['seconds']:.2f}")
        if not options.photograph:
            return
        print("\n| photograph | D | s | in exact steps of 65,536 | exact s | exact / ours | kernel values | certified |")
        print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for title, rows in (("directions of colours", color_directions(options.photograph)),
                            ("colour and position", photograph(options.photograph, 1 << 16)[0])):
            np.save(folder / "points.npy", rows)
            found, _ = group("--iterations", 10, "--accuracy", options.accuracy)
            exact, _ = group("--iterations", 10, "--exact")
            print(f"| {title} | {rows.shape[1]} | {found['seconds']:.2f} | {found['seconds'] / step:.2f} | {exact['seconds']:.1f} "
                  f"| {exact['seconds'] / found['seconds']:.0f} | {100 * found['evaluated_share']:.1f} % "
                  f"| {found['certified_angle']:.1e} |", flush=True)


if __name__ == "__main__":
    main()
