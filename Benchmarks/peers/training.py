#!/usr/bin/env python3
"""A training step of the toy network in PyTorch and in sphereshift, one after the other on the same processors.

Five images of 64 x 64 pixels, D = 3, the pair loss (alpha = 0.1, 819 random pixels) on the embedding and after each of five loops of
mean shift (kappa = 25). PyTorch's loops are scaled_dot_product_attention, which keeps no N x N matrix forward.

usage: Benchmarks/peers/training.py [--threads 2] [--repetitions 3] [--tool .build/release/sphereshift]
"""

import argparse
import json
import resource
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional

BATCH, SIDE, LOOPS, KAPPA, ALPHA, SAMPLE, GROUPS = 5, 64, 5, 25.0, 0.1, 819, 5


def normalized(inputs, outputs, size):
    return [nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False), nn.BatchNorm2d(outputs)]


class Bottleneck(nn.Module):
    def __init__(self, inputs, inner):
        super().__init__()
        self.path = nn.Sequential(
            *normalized(inputs, inner, 1), nn.ReLU(), *normalized(inner, inner, 3), nn.ReLU(),
            *normalized(inner, 4 * inner, 1))
        self.shortcut = nn.Identity() if inputs == 4 * inner else nn.Sequential(*normalized(inputs, 4 * inner, 1))

    def forward(self, maps):
        return functional.relu(self.path(maps) + self.shortcut(maps))


def network():
    parts, channels = [*normalized(3, 32, 3), nn.ReLU()], 32
    for inner in (16, 32, 64, 128):
        for _ in range(3):
            parts.append(Bottleneck(channels, inner))
            channels = 4 * inner
    return nn.Sequential(*parts, nn.Conv2d(channels, 3, 3, padding=1))


def pair_loss(points, labels):
    rows = torch.randperm(points.shape[0])[:SAMPLE]
    points, labels = points[rows], labels[rows]
    similarity = (1 + points @ points.T) / 2
    weights = 1 / torch.bincount(labels, minlength=GROUPS).clamp(min=1)[labels].float()
    same = labels[:, None] == labels[None]
    pairs = weights[:, None] * weights[None] / weights.sum() ** 2
    return (pairs * torch.where(same, 1 - similarity, functional.relu(similarity - ALPHA))).sum()


def blurred(points):
    rows = points[None, None]
    return functional.normalize(functional.scaled_dot_product_attention(rows, rows, rows, scale=KAPPA)[0, 0], dim=1)


def pytorch(repetitions):
    """The median time of forward and backward."""
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    images, labels = torch.rand(BATCH, 3, SIDE, SIDE), torch.randint(0, GROUPS, (BATCH, SIDE * SIDE))
    times = []
    for repetition in range(repetitions + 1):
        optimizer.zero_grad()
        start = time.perf_counter()
        embedding = functional.normalize(model(images), dim=1).flatten(2).transpose(1, 2)
        loss = 0
        for points, names in zip(embedding, labels):
            loss = loss + pair_loss(points, names)
            for _ in range(LOOPS):
                points = blurred(points)
                loss = loss + pair_loss(points, names)
        loss.backward()
        if repetition > 0:
            times.append(time.perf_counter() - start)
        optimizer.step()
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--tool", default=".build/release/sphereshift")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    # Before the rival's network is built: a child process starts with the peak memory of its parent.
    output = subprocess.run(
        [arguments.tool, "benchmark", "training", "--threads", str(arguments.threads), "--json"],
        check=True, capture_output=True, text=True).stdout
    own = json.loads(output)
    rival = pytorch(arguments.repetitions)
    rival_memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{own['processor']}, {arguments.threads} threads, PyTorch {torch.__version__}\n")
    print("| | seconds a step | of PyTorch's | peak MB |")
    print("| --- | ---: | ---: | ---: |")
    print(f"| PyTorch, 819 pixels in a loss | {rival:.2f} | 1 | {rival_memory:.0f} |")
    for key, name in (("sampled", "819"), ("all_pixels", "all 4,096")):
        seconds, memory = own[key]["total"], own[key]["peak_resident_bytes"] / 1e6
        print(f"| sphereshift, {name} pixels | {seconds:.2f} | {seconds / rival:.2f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
