#!/usr/bin/env python3
"""Compares the layers of networks with PyTorch's (oneDNN), layer by layer, in turns within one run.

usage: Benchmarks/peers/layers.py --tool PATH [--output FILE] [--threads LIST] [--seconds S] [--only TEXT] [--note TEXT]

Needs PyTorch and NumPy. PATH is a built sphereshift. The shapes are those of the toy network (5 maps of 64 x 64 pixels) and of
ResNet-50 at stride 8 on maps of 64 x 64 pixels; every result of PyTorch's is compared with ours, which the tool has verified
against its naive twin. The tool is a process of its own that answers with the seconds of one evaluation; PyTorch runs here, on
tensors in channels-last order, the one that oneDNN is fastest in.
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as functional

from compare import Contestant, environment
from worker import seconds

SIDE = 64
# Inputs, outputs and window of the convolutions; all others of the network have the shape of one of these or one between two.
TOY = [
    (3, 32, "3x3"), (64, 16, "1x1"), (16, 16, "3x3"), (16, 64, "1x1"), (128, 32, "1x1"), (32, 32, "3x3"),
    (32, 128, "1x1"), (256, 64, "1x1"), (64, 64, "3x3"), (64, 256, "1x1"), (512, 128, "1x1"), (128, 128, "3x3"),
    (128, 512, "1x1"), (256, 512, "1x1"), (512, 3, "3x3"),
]
RESNET = [
    (512, 128, "1x1"), (128, 128, "3x3"), (128, 512, "1x1"), (1024, 256, "1x1"), (256, 256, "3x3_dilated_2"),
    (256, 1024, "1x1"), (2048, 512, "1x1"), (512, 512, "3x3_dilated_4"), (512, 2048, "1x1"),
]
PASSES = ["forward", "input_gradient", "weight_gradient"]
# What reads and writes maps: operation, family, channels.
MAPS = [
    ("batch_normalization", "normalization"), ("batch_normalization_gradient", "normalization"),
    ("maximum_pooling", "maps"), ("maximum_pooling_gradient", "maps"), ("average_pooling", "maps"),
    ("average_pooling_gradient", "maps"), ("resize", "maps"), ("resize_gradient", "maps"),
]
COLUMNS = ["network", "operation", "inputs", "outputs", "n", "threads", "ours_ms", "torch_ms", "torch_over_ours",
           "ours_gflops", "percent_of_peak", "difference"]
MINIMUM_ROUNDS = 8
# The largest difference of results in parts of the largest element: both are float32 sums of up to 20480 terms.
LIMIT = 1e-3


def cases():
    """Network, operation, family, n, d, m, inputs and outputs of the layer."""
    for network, batch, layers in [("toy", 5, TOY), ("resnet50", 1, RESNET)]:
        n = batch * SIDE * SIDE
        for inputs, outputs, window in layers:
            for name in PASSES:
                d, m = (outputs, inputs) if name == "input_gradient" else (inputs, outputs)
                yield network, f"convolution_{window}_{name}", "convolution", n, d, m, inputs, outputs
        for channels in (64, 512) if network == "toy" else (256, 1024):
            for operation, family in MAPS:
                if family == "normalization" or channels in (64, 256):
                    yield network, operation, family, n, channels, None, channels, channels


def maps_of(matrix, batch, height, width):
    return torch.from_numpy(matrix).reshape(batch, height, width, -1).permute(0, 3, 1, 2)


def rows_of(maps):
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1]).numpy()


def torch_layer(operation, n, points, targets):
    """What evaluates the layer once, and what turns its result into the rows of ours."""
    batch = n // (SIDE * SIDE)
    x = maps_of(points, batch, SIDE, SIDE)
    last = torch.channels_last
    if operation.startswith("convolution"):
        window, name = operation.removeprefix("convolution_").split("_", 1)
        dilation = 1
        if name.startswith("dilated"):
            _, factor, name = name.split("_", 2)
            dilation = int(factor)
        size = 1 if window == "1x1" else 3
        padding = dilation * (size // 2)
        arguments = ([1, 1], [padding] * 2, [dilation] * 2, False, [0, 0], 1)
        if name == "weight_gradient":
            y = maps_of(targets, batch, SIDE, SIDE)
            weights = torch.empty(y.shape[1], x.shape[1], size, size).to(memory_format=last)
            run = lambda: torch.ops.aten.convolution_backward(  # noqa: E731
                y, x, weights, None, *arguments, [False, True, False])[1]
            return run, lambda result: result.permute(2, 3, 1, 0).reshape(-1, y.shape[1]).numpy()
        # Rows of D for every element of the window and every one of M channels.
        given = torch.from_numpy(targets).reshape(size, size, -1, x.shape[1])
        if name == "forward":
            weights = given.permute(2, 3, 0, 1).contiguous(memory_format=last)
            return lambda: functional.conv2d(x, weights, padding=padding, dilation=dilation), rows_of
        weights = given.permute(3, 2, 0, 1).contiguous(memory_format=last)
        source = torch.empty(batch, weights.shape[1], SIDE, SIDE).to(memory_format=last)
        run = lambda: torch.ops.aten.convolution_backward(  # noqa: E731
            x, source, weights, None, *arguments, [True, False, False])[0]
        return run, rows_of
    channels = x.shape[1]
    ones, zeros = torch.ones(channels), torch.zeros(channels)
    if operation == "batch_normalization":
        def run():
            return torch.relu_(torch.native_batch_norm(x, ones, zeros, None, None, True, 0.1, 1e-5)[0])
        return run, rows_of
    if operation == "batch_normalization_gradient":
        y = maps_of(targets, batch, SIDE, SIDE)
        output, mean, inverse = torch.native_batch_norm(x, ones, zeros, None, None, True, 0.1, 1e-5)
        output = torch.relu(output)
        def run():
            gradient = torch.ops.aten.threshold_backward(y, output, 0)
            return torch.ops.aten.native_batch_norm_backward(
                gradient, x, ones, None, None, mean, inverse, True, 1e-5, [True, True, True])[0]
        return run, rows_of
    if operation == "maximum_pooling":
        return lambda: functional.max_pool2d(x, 3, 2, 1), rows_of
    if operation == "average_pooling":
        return lambda: functional.avg_pool2d(x, 3, 2, 1, count_include_pad=False), rows_of
    if operation == "resize":
        return lambda: functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False), rows_of
    if operation == "resize_gradient":
        y = maps_of(targets, batch, 2 * SIDE, 2 * SIDE)
        return lambda: torch.ops.aten.upsample_bilinear2d_backward(
            y, [2 * SIDE] * 2, list(x.shape), False, None, None), rows_of
    y = maps_of(targets, batch, SIDE // 2, SIDE // 2)
    if operation == "maximum_pooling_gradient":
        # Its forward pass has kept the places.
        _, places = torch.ops.aten.max_pool2d_with_indices(x, [3, 3], [2, 2], [1, 1])
        return lambda: torch.ops.aten.max_pool2d_with_indices_backward(
            y, x, [3, 3], [2, 2], [1, 1], [1, 1], False, places), rows_of
    if operation == "average_pooling_gradient":
        return lambda: torch.ops.aten.avg_pool2d_backward(
            y, x, [3, 3], [2, 2], [1, 1], False, False, None), rows_of
    raise ValueError(operation)


def compare(options, case, threads):
    network, operation, family, n, d, m, inputs, outputs = case
    torch.set_num_threads(threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        command = [options.tool.resolve(), "benchmark", family, "--operation", operation, "-n", str(n), "-d", str(d),
                   "--threads", str(threads), "--turns", name, *(["-m", str(m)] if m else [])]
        ours = Contestant("sphereshift", command, environment(threads, None))
        points = np.load(folder / "points.npy")
        targets = np.load(folder / "targets.npy") if (folder / "targets.npy").exists() else None
        expected = np.load(folder / "result.npy")
    with torch.no_grad():
        run, rows = torch_layer(operation, n, points, targets)
        result = rows(run())
        difference = float(np.abs(result - expected).max() / np.abs(expected).max())
        if not difference <= LIMIT:
            raise SystemExit(f"{operation} {inputs} to {outputs}: results differ by {difference:g}")
        run()
        calls = max(1, round(1e-3 / seconds(run) + 0.5))
        mine, theirs = [], []
        start = time.perf_counter()
        peak = ours.ask("peak")
        while len(mine) < MINIMUM_ROUNDS or time.perf_counter() - start < options.seconds:
            turns = [lambda: mine.append(ours.ask("sample")), lambda: theirs.append(sample(run, calls))]
            for turn in turns if len(mine) % 2 == 0 else reversed(turns):
                turn()
                # OpenMP's threads spin for a while after a call, and would take a processor from whoever is next.
                if threads > 1:
                    time.sleep(0.05)
        peak = max(peak, ours.ask("peak"))
    ours.close()
    size = {"1": 1, "3": 9}[operation.removeprefix("convolution_")[0]] if family == "convolution" else 0
    gflops = 2e-9 * n * size * inputs * outputs / min(mine)
    # Minima: on a machine that does other things too a sample is only ever too slow.
    ratio = min(theirs) / min(mine)
    row = {
        "network": network, "operation": operation, "inputs": inputs, "outputs": outputs, "n": n, "threads": threads,
        "ours_ms": f"{min(mine) * 1e3:.4g}", "torch_ms": f"{min(theirs) * 1e3:.4g}",
        "torch_over_ours": f"{ratio:.3g}", "ours_gflops": f"{gflops:.4g}" if size else "",
        "percent_of_peak": f"{100 * gflops / (threads * peak):.3g}" if size else "", "difference": f"{difference:.1e}",
    }
    print("  ".join(f"{row[name]:>{width}}" for name, width in zip(
        COLUMNS, [8, 40, 5, 5, 6, 2, 8, 8, 6, 7, 5, 8])), flush=True)
    return row


def sample(run, calls):
    run()
    return seconds(run, calls)


def main():
    parser = argparse.ArgumentParser(description="Compares the layers of networks with PyTorch's, in turns.")
    parser.add_argument("--tool", type=Path, required=True, metavar="PATH", help="the built sphereshift")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where the table goes as CSV")
    parser.add_argument("--threads", default="1,2", metavar="LIST", help="numbers of threads (default: 1,2)")
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S", help="of the rounds of one layer")
    parser.add_argument("--only", default="", metavar="TEXT", help="layers whose network, operation and channels have this")
    parser.add_argument("--note", action="append", default=[], metavar="TEXT", help="a line for the head of the file")
    options = parser.parse_args()
    rows = []
    for threads in map(int, options.threads.split(",")):
        for case in cases():
            if options.only in f"{case[0]} {case[1]} {case[6]} {case[7]}":
                rows.append(compare(options, case, threads))
    if options.output:
        partial = options.output.with_suffix(".partial")
        with partial.open("w") as file:
            print(f"# PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, oneDNN", file=file)
            print(f"# processors: {os.cpu_count()}", file=file)
            for note in options.note:
                print(f"# {note}", file=file)
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        partial.replace(options.output)
        print(f"wrote {options.output}")


if __name__ == "__main__":
    sys.exit(main())
