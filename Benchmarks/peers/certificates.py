#!/usr/bin/env python3
"""Certified angles of `sphereshift group` against what its points are off by, on real data.

Inputs: the embeddings of the paper's authors (30 scenes, both models), word vectors (GloVe, 50-D, centred), and the pixels of photographs embedded by colour
and position (docs/math.md, "Embedding of photographs"). Each is grouped within an accuracy and with --exact; the largest angle between corresponding points must not
exceed the certified one by more than rounding, 2^-22 (1 + kappa / 4) in each step, taken ten times since steps amplify it.

usage: Benchmarks/peers/certificates.py [--shared ../shared] [--photographs 20] [--side 160] [--accuracies 1e-3,1e-4] [--iterations 10] [--threads 2]
                                        [--tool .build/release/sphereshift]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np


def photograph(path, side, color=6.0, position=0.1):
    """Unit rows in R^6, and kappa, of a picture of at most `side` pixels on its longer side."""
    from PIL import Image

    image = Image.open(path).convert("RGB")
    image.thumbnail((side, side), Image.BOX)
    rgb = np.asarray(image, np.float64) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]).T
    xyz /= np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    lab = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)
    height, width = lab.shape[:2]
    y, x = np.mgrid[0:height, 0:width] + 0.5
    length = position * np.hypot(width, height)
    features = np.concatenate([lab / color, np.stack([x, y], -1) / length], -1).reshape(-1, 5)
    features -= features.mean(0)
    radius = 4 * np.linalg.norm(features, axis=1).max()
    features /= radius
    rows = np.concatenate([features, np.sqrt(1 - (features**2).sum(1, keepdims=True))], 1)
    return rows.astype(np.float32), radius**2


def inputs(shared, photographs, side):
    """(name, rows, kappa) one after the other."""
    reference = shared / "data" / "reference"
    for name, kappa in [("toy_embeddings_main001_delta0.2", 25), ("toy_embeddings_main002_delta0.1", 100)]:
        path = reference / f"{name}.npy"
        if not path.exists():
            print(f"skipped: {path} is missing", file=sys.stderr)
            continue
        # After the first of the authors' loops.
        for number, scene in enumerate(np.load(path)[0]):
            yield f"{name}[{number}]", scene.reshape(-1, 3), kappa
    path = shared / "data" / "glove50_wordnet" / "embeddings_f16.npy"
    if path.exists():
        words = np.load(path).astype(np.float64)
        words -= words.mean(0)
        for kappa in (20, 50):
            yield "glove50_wordnet", (words / np.linalg.norm(words, axis=1, keepdims=True)).astype(np.float32), kappa
    else:
        print(f"skipped: {path} is missing", file=sys.stderr)
    pictures = sorted((shared / "data" / "bsds500").glob("**/val/*.jpg"), key=lambda path: path.stem)[:photographs]
    if not pictures:
        print("skipped: no photographs of bsds500/val", file=sys.stderr)
    for path in pictures:
        rows, kappa = photograph(path, side)
        yield path.stem, rows, kappa


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--photographs", type=int, default=20)
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--accuracies", default="1e-3,1e-4")
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tool", type=Path, default=Path(".build/release/sphereshift"))
    options = parser.parse_args()
    violations = 0
    results = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def run(kappa, *how):
            command = [options.tool, "group", folder / "points.npy", "--normalize", "--concentration", kappa, "--iterations",
                       options.iterations, "--threads", options.threads, "--shifted", folder / "shifted.npy", "--labels",
                       folder / "labels.npy", "--json", *how]
            answer = subprocess.run([str(part) for part in command], text=True, capture_output=True)
            if answer.returncode:
                sys.exit(answer.stderr)
            return json.loads(answer.stdout), np.load(folder / "shifted.npy").astype(np.float64), np.load(folder / "labels.npy")

        for source, rows, kappa in inputs(options.shared, options.photographs, options.side):
            np.save(folder / "points.npy", rows)
            exact, expected, labels = run(kappa, "--exact")
            rounding = 10 * options.iterations * 2.0**-22 * (1 + kappa / 4)
            for accuracy in options.accuracies.split(","):
                # Below rounding none is accepted; kernels of photographs are narrow.
                asked = max(float(accuracy), 4 * 2.0**-22 * (1 + kappa / 4))
                found, points, others = run(kappa, "--accuracy", asked)
                angle = (2 * np.arcsin(np.minimum(1, np.linalg.norm(points - expected, axis=1) / 2))).max()
                broken = angle > found["certified_angle"] + rounding or found["certified_angle"] > asked
                violations += broken
                kind = source.split("[")[0] if "[" in source else ("photographs" if source.isdigit() else source)
                entry = results.setdefault((kind, accuracy), [])
                entry.append((len(rows), found["certified_angle"], angle, found["evaluated_share"], exact["evaluated_share"],
                              (labels != others).mean(), exact["seconds"] / found["seconds"]))
                if broken:
                    print(f"violated: {source}, kappa {kappa:.0f}, accuracy {accuracy}: certified {found['certified_angle']}, "
                          f"found {angle}", file=sys.stderr)
    print("| input | runs | N | accuracy | largest certified | largest found | kernel values | of exact | labels that differ | exact / merged |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for (kind, accuracy), rows in results.items():
        rows = np.array(rows)
        print(f"| {kind} | {len(rows)} | {rows[:, 0].max():.0f} | {accuracy} | {rows[:, 1].max():.1e} | {rows[:, 2].max():.1e} "
              f"| {100 * rows[:, 3].mean():.0f} % | {100 * rows[:, 4].mean():.0f} % | {100 * rows[:, 5].mean():.2f} % "
              f"| {np.median(rows[:, 6]):.1f} |")
    print(f"\n{violations} violations")
    sys.exit(1 if violations else 0)


if __name__ == "__main__":
    main()
