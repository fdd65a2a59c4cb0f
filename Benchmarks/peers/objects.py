#!/usr/bin/env python3
"""The objects of a picture, from file to label map: `sphereshift segment`, and the same network in PyTorch with scikit-learn's mean shift.

The picture's upper left corner of 512 x 512 pixels, the model of nuclei that comes with the package. Ours: seconds of the network (for the first
picture of a process, and for those after it, beside which PyTorch stands after a first picture of its own; and what share of the multiply-add peak that is), of the grouping of all pixels of objects (beside one exact step of 65,536 points,
D = 16, with every tile evaluated), and of the whole command. PyTorch: the same weights; its scores must agree. scikit-learn's MeanShift has a
flat kernel and takes hours for all pixels from every pixel: it starts from the bins of its own bin_seeding here, and from every pixel of a
sample of 4,096.

usage: Benchmarks/peers/objects.py PICTURE [--threads 2] [--repetitions 5] [--tool .build/release/sphereshift]
"""

import argparse
import json
import struct
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.cluster import MeanShift
from torch.nn import functional

WEIGHTS = Path(__file__).resolve().parents[2] / "Sources/SphereRecipes/Resources/Instances/nuclei.safetensors"
SIDE, LEVELS, OFFSET_SCALE = 512, 5, 8


def read_weights(path):
    """The arrays of a safetensors file as float32, and its texts."""
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    texts = header.pop("__metadata__")
    kinds = {"F16": np.float16, "F32": np.float32}
    arrays = {
        name: np.frombuffer(data[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]],
                            kinds[entry["dtype"]]).reshape(entry["shape"]).astype(np.float32)
        for name, entry in header.items()}
    return arrays, texts


class Network:
    """`InstanceNetwork` with running averages, batch normalizations folded into the convolutions."""

    def __init__(self, arrays):
        self.layers = {}
        for name, weights in arrays.items():
            if not name.endswith("weights"):
                continue
            layer = name.removesuffix(".convolution.weights").removesuffix(".weights")
            if f"{layer}.normalization.gamma" in arrays:
                gamma, beta, mean, variance = (
                    arrays[f"{layer}.normalization.{part}"] for part in ("gamma", "beta", "runningMean", "runningVariance"))
                scale = gamma / np.sqrt(variance + 1e-5)
                weights, bias = weights * scale, beta - mean * scale
            else:
                bias = arrays[f"{layer}.bias"]
            self.layers[layer] = (torch.tensor(np.ascontiguousarray(weights.transpose(3, 2, 0, 1))).contiguous(
                memory_format=torch.channels_last), torch.tensor(bias))

    def convolved(self, name, maps):
        weights, bias = self.layers[name]
        return functional.conv2d(maps, weights, bias, padding=weights.shape[-1] // 2)

    def __call__(self, maps):
        """Scores and offsets, 3 channels."""
        levels = []
        for level in range(LEVELS):
            if level:
                maps = functional.max_pool2d(maps, 2)
            for part in range(2):
                maps = functional.relu(self.convolved(f"encoder.{level}.{part}", maps))
            levels.append(maps)
        for level in reversed(range(LEVELS - 1)):
            coarse = functional.interpolate(
                self.convolved(f"ascents.{level}", maps), size=levels[level].shape[2:], mode="bilinear", align_corners=False)
            maps = functional.relu(self.convolved(f"laterals.{level}", levels[level]) + coarse)
            maps = functional.relu(self.convolved(f"decoder.{level}", maps))
        return torch.cat([self.convolved("scoreHead", maps), OFFSET_SCALE * self.convolved("offsetHead", maps)], 1)

    def multiply_adds(self, side):
        """Of a picture of side x side pixels."""
        total = 0
        for name, (weights, _) in self.layers.items():
            parts = name.split(".")
            level = int(parts[1]) if len(parts) > 1 else 0
            # An ascent works on the coarser level's maps.
            level += parts[0] == "ascents"
            total += weights.numel() * (side >> level) ** 2
        return total


def normalized(picture):
    """The picture's 1st percentile becomes 0, its 99.8th 1, at least 8 of 255 levels apart (`InstanceDesign.normalized`)."""
    values = np.sort(picture.ravel().astype(np.int64) * 3)
    low, high = (values[round(share * (values.size - 1))] for share in (0.01, 0.998))
    return (picture * 3.0 - low) / max(high - low, 24)


def points(offsets, pixels, wavelengths, directions=4):
    """`PlaneWaves` of the places that pixels point to, unit rows."""
    y, x = np.divmod(pixels, SIDE)
    places = np.stack([x, y], 1) + offsets[pixels]
    vectors = []
    for number, length in enumerate(wavelengths):
        for direction in range(directions):
            angle = (direction + number / len(wavelengths)) * np.pi / directions
            vectors.append(2 * np.pi / length * np.array([np.cos(angle), np.sin(angle)]))
    phases = places @ np.stack(vectors).T
    return np.concatenate([np.cos(phases), np.sin(phases)], 1) / np.sqrt(phases.shape[1])


def least(repetitions, body):
    """The shortest time of some calls, in seconds, and the last result."""
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        result = body()
        times.append(time.perf_counter() - start)
    return min(times), result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--tool", type=Path, default=Path(".build/release/sphereshift"))
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    arrays, texts = read_weights(WEIGHTS)
    network = Network(arrays)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        picture = Image.open(options.picture).convert("L").crop((0, 0, SIDE, SIDE))
        pictures = [folder / f"picture-{number}.png" for number in range(1 + options.repetitions)]
        for path in pictures:
            picture.save(path)

        def ours(pictures):
            answer = subprocess.run(
                [options.tool, "segment", *pictures, "--model", "nuclei", "--output", folder / "out", "--threads",
                 str(options.threads), "--json"], check=True, capture_output=True, text=True)
            return json.loads(answer.stdout)

        firsts = []
        whole, _ = least(options.repetitions, lambda: firsts.append(ours(pictures[:1])[0]))
        runs = ours(pictures)[1:]
        table = json.loads(subprocess.run(
            [options.tool, "benchmark", "step", "-n", "65536", "-d", "16", "--concentration", texts["concentration"], "--threads",
             str(options.threads), "--operation", "step", "--json"], check=True, capture_output=True, text=True).stdout)
        rows = [row for row in table["rows"] if "naive" not in row["contestant"] and "skipping" not in row["contestant"]]
        best = min(rows, key=lambda row: row["median_ms"])
        step, peak = best["median_ms"] / 1000, best["peak_gflops"]
        first = min(run["network_seconds"] for run in firsts)
        seconds, grouping = (min(run[key] for run in runs) for key in ("network_seconds", "grouping_seconds"))
        work = 2e-9 * network.multiply_adds(SIDE)
        found = runs[0]
        print(f"{options.picture.name}, {SIDE} x {SIDE} pixels, {found['pixels']} of objects, {options.threads} threads\n")
        print("| what | s | |\n| --- | ---: | --- |")
        print(f"| network, first picture of a process | {first:.3f} | {100 * work / first / peak:.0f} % of the peak |")
        print(f"| network, pictures after it | {seconds:.3f} | {work:.1f} GFLOP, {100 * work / seconds / peak:.0f} % of the peak of {peak:.0f} GFLOP/s |")
        print(f"| grouping, {found['iterations']} loops | {grouping:.2f} | {grouping / step:.2f} exact steps of 65,536 points of "
              f"{step:.2f} s; {found['objects']} objects |")
        print(f"| the whole command, with its pictures and report | {whole:.2f} | |")

        def theirs():
            values = normalized(np.asarray(picture, np.float64)).astype(np.float32)
            with torch.inference_mode():
                maps = torch.tensor(values)[None, None].contiguous(memory_format=torch.channels_last)
                return network(maps)[0].permute(1, 2, 0).reshape(-1, 3).numpy()

        theirs()
        rival, maps = least(options.repetitions, theirs)
        pixels = np.flatnonzero(maps[:, 0] > 0)
        if abs(pixels.size - found["pixels"]) > 20:
            raise SystemExit(f"PyTorch's network finds {pixels.size} pixels of objects, ours {found['pixels']}")
        print(f"| the network in PyTorch | {rival:.3f} | {rival / seconds:.2f} of ours; {pixels.size} pixels of objects |")
        rows = points(maps[:, 1:], pixels, [float(text) for text in texts["wavelengths"].split()])
        # The distance at which our kernel has fallen to exp(-1/2).
        bandwidth = float(1 / np.sqrt(float(texts["concentration"])))
        took, fitted = least(1, lambda: MeanShift(bandwidth=bandwidth, bin_seeding=True, n_jobs=options.threads).fit(rows))
        print(f"| scikit-learn's mean shift from bins | {took:.1f} | {took / grouping:.0f} of ours; {len(fitted.cluster_centers_)} groups |")
        sample = rows[np.random.default_rng(1).choice(rows.shape[0], min(4096, rows.shape[0]), replace=False)]
        took, fitted = least(1, lambda: MeanShift(bandwidth=bandwidth, n_jobs=options.threads).fit(sample))
        print(f"| the same from every one of {sample.shape[0]} of the pixels | {took:.1f} | {len(fitted.cluster_centers_)} groups |")


if __name__ == "__main__":
    main()
