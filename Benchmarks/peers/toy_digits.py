#!/usr/bin/env python3
"""`sphereshift train toy-digits` in PyTorch, for a graphics processor: how far a recipe goes with more scenes than two cores make.

The same network, scenes, digits, loss and gradients (--gradient released or steep), each scene normalized by its own statistics, points
shifted by scaled_dot_product_attention. Adam, its rate rising for 100 steps and then falling to 0 as (1 - t)^0.9 over the time that
is given. The weights are written as `sphereshift evaluate toy-digits --model FILE` reads them.

usage: Benchmarks/peers/toy_digits.py --data MNIST --output FILE --seconds 540 [--start FILE] [--classes-seconds 60] [--gradient steep]
"""

import argparse
import json
import struct
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

SIDE, DIGIT, GROUPS, SAMPLE, LOOPS, ALPHA, KAPPA, DIMENSION, GAMMA = 64, 28, 10, 819, 5, 0.1, 100.0, 3, 0.5
PIXELS = SIDE * SIDE
MEAN = [0.0717, 0.0820, 0.0715]
# Of the digits 0 to 9.
COLORS = [[0.31004, 0.22039, 1], [0.50491, 1, 0.20518], [0.49608, 0.90103, 1], [0.94599, 1, 0.35030], [1, 0.14498, 0.12373],
          [0.59625, 0.34720, 1], [0.91888, 1, 0.81002], [0.72030, 1, 0.59725], [0.47726, 1, 0.49447], [0.69201, 1, 0.70495]]


class Normalized(nn.Module):
    """A convolution and the normalization of every scene's channels."""

    def __init__(self, inputs, outputs, size):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)
        nn.init.kaiming_normal_(self.convolution.weight)
        self.gamma = nn.Parameter(torch.ones(outputs))
        self.beta = nn.Parameter(torch.zeros(outputs))

    def forward(self, maps):
        return functional.instance_norm(self.convolution(maps), weight=self.gamma, bias=self.beta)


class Bottleneck(nn.Module):
    def __init__(self, inputs, inner):
        super().__init__()
        self.reduction = Normalized(inputs, inner, 1)
        self.spatial = Normalized(inner, inner, 3)
        self.expansion = Normalized(inner, 4 * inner, 1)
        self.projection = Normalized(inputs, 4 * inner, 1) if inputs != 4 * inner else None

    def forward(self, maps):
        inner = functional.relu(self.spatial(functional.relu(self.reduction(maps))))
        return functional.relu(self.expansion(inner) + (self.projection(maps) if self.projection else maps))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, blocks, channels = Normalized(3, 32, 3), [], 32
        for inner in (16, 32, 64, 128):
            for _ in range(3):
                blocks.append(Bottleneck(channels, inner))
                channels = 4 * inner
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Conv2d(channels, DIMENSION, 3, padding=1)
        self.classes = nn.Conv2d(channels, 11, 3, padding=1)

    def forward(self, images, head):
        maps = images ** GAMMA - torch.tensor(MEAN, device=images.device).view(1, 3, 1, 1)
        with torch.autocast(images.device.type, dtype=torch.bfloat16, enabled=images.is_cuda):
            maps = functional.relu(self.stem(maps))
            for block in self.blocks:
                maps = block(maps)
        return head(maps.float()).flatten(2)

    def arrays(self):
        """Names in the file and parameters."""
        normalized = {"stem": self.stem}
        for number, block in enumerate(self.blocks):
            for name in ("reduction", "spatial", "expansion", "projection"):
                if getattr(block, name) is not None:
                    normalized[f"blocks.{number}.{name}"] = getattr(block, name)
        for name, layer in normalized.items():
            yield f"{name}.convolution.weights", layer.convolution.weight
            yield f"{name}.normalization.gamma", layer.gamma
            yield f"{name}.normalization.beta", layer.beta
        yield "head.weights", self.head.weight
        yield "head.bias", self.head.bias

    def load(self, path):
        data = Path(path).read_bytes()
        size = struct.unpack("<Q", data[:8])[0]
        header, data = json.loads(data[8:8 + size]), data[8 + size:]
        for name, parameter in self.arrays():
            entry = header[name]
            kind = {"F16": np.float16, "F32": np.float32}[entry["dtype"]]
            values = np.frombuffer(data[slice(*entry["data_offsets"])], kind).reshape(entry["shape"]).astype(np.float32)
            values = torch.from_numpy(values)
            parameter.data.copy_(values.permute(3, 2, 0, 1) if values.dim() == 4 else values)

    def save(self, path):
        facts = {"model": "toy-digits", "dimension": DIMENSION, "margin": ALPHA, "concentration": KAPPA, "loops": LOOPS,
                 "coordinates": 0, "gamma": GAMMA}
        header, data = {"__metadata__": {name: str(value) for name, value in facts.items()}}, b""

        def add(name, values):
            nonlocal data
            values = np.ascontiguousarray(values, np.float16)
            header[name] = {"dtype": "F16", "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
            data += values.tobytes()

        for name, parameter in self.arrays():
            values = parameter.detach().float().cpu().numpy()
            add(name, values.transpose(2, 3, 1, 0) if values.ndim == 4 else values)
            if name.endswith("beta"):
                add(name.replace("beta", "runningMean"), np.zeros(values.shape))
                add(name.replace("beta", "runningVariance"), np.ones(values.shape))
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        Path(path).write_bytes(struct.pack("<Q", len(text)) + text + data)


class Scenes:
    """Scenes of the training digits: the first eight tenths, without those of the authors' scenes."""

    def __init__(self, folder, device):
        images, labels = np.load(folder / "images.npy"), np.load(folder / "labels.npy").astype(np.int64)
        listed = folder / "toy_digit_rows.txt"
        left_out = set(map(int, listed.read_text().split())) if listed.exists() else set()
        kept = [row for row in range(len(labels)) if row not in left_out]
        kept = kept[:len(kept) * 8 // 10]
        images, labels = images[kept].reshape(-1, DIGIT * DIGIT), labels[kept]
        rows = [np.flatnonzero(labels == digit) for digit in range(10)]
        table = np.zeros((10, max(map(len, rows))), np.int64)
        for digit, own in enumerate(rows):
            table[digit, :len(own)] = own
        self.device = device
        self.ink = torch.from_numpy(images).to(device)
        self.labels = torch.from_numpy(labels).to(device)
        self.table = torch.from_numpy(table).to(device)
        self.counts = torch.tensor([len(own) for own in rows], device=device)
        self.colors = torch.tensor(COLORS, device=device)
        self.corners = torch.tensor([y * SIDE + x for y in (0, 17, 35) for x in (0, 17, 35)], device=device)
        self.offsets = torch.tensor([y * SIDE + x for y in range(DIGIT) for x in range(DIGIT)], device=device)

    def batch(self, size):
        """Images, instances and classes, 0 the background."""
        def uniform(*shape):
            return torch.rand(*shape, device=self.device)

        count, digit, is_one_class = (uniform(size) * 10).long(), (uniform(size) * 10).long(), uniform(size) < 1 / 3
        places = self.corners[uniform(size, 9).argsort(1)]
        own = torch.minimum((uniform(size, 9) * self.counts[digit][:, None]).long(), self.counts[digit][:, None] - 1)
        any_row = (uniform(size, 9) * len(self.labels)).long().clamp(max=len(self.labels) - 1)
        rows = torch.where(is_one_class[:, None], self.table[digit[:, None].expand(size, 9), own], any_row)
        ink = torch.zeros(size, PIXELS, device=self.device)
        instances = torch.zeros(size, PIXELS, dtype=torch.long, device=self.device)
        classes = torch.zeros_like(instances)
        for k in range(9):
            pixels, new = places[:, k:k + 1] + self.offsets, self.ink[rows[:, k]].float() / 255
            covers = (new > 0) & (k < count)[:, None]
            for target, value in ((ink, new), (instances, torch.full_like(pixels, k + 1)),
                                  (classes, (self.labels[rows[:, k]] + 1)[:, None].expand_as(pixels))):
                target.scatter_(1, pixels, torch.where(covers, value, target.gather(1, pixels)))
        images = ink[..., None] * self.colors[(classes - 1).clamp(min=0)]
        return images.transpose(1, 2).reshape(size, 3, SIDE, SIDE), instances, classes


def shifted(points):
    """A blurring step. On a graphics processor points are sums of two float16, so that products are nearly those of float32."""
    if not points.is_cuda:
        weights = torch.softmax(KAPPA * points @ points.transpose(1, 2), -1)
        return functional.normalize(weights @ points, dim=-1)
    high = points.half()
    low = (points - high.float()).half()
    zeros = torch.zeros(*points.shape[:-1], 7, device=points.device, dtype=torch.float16)
    queries, keys = torch.cat([high, low, high, zeros], -1), torch.cat([high, high, low, zeros], -1)
    values = torch.cat([high, low, zeros, zeros[..., :3]], -1)
    sums = functional.scaled_dot_product_attention(queries[:, None], keys[:, None], values[:, None], scale=KAPPA)[:, 0].float()
    return functional.normalize(sums[..., :3] + sums[..., 3:6], dim=-1)


def surrogate(points, instances, power):
    """What has the gradient of the released code (power 2) or the steep one (4), on random pixels."""
    rows = torch.rand(points.shape[0], PIXELS, device=points.device).topk(SAMPLE, 1).indices
    points, labels = points.gather(1, rows[..., None].expand(-1, -1, DIMENSION)), instances.gather(1, rows)
    groups = functional.one_hot(labels, GROUPS).float()
    sizes = groups.sum(1)
    weights = (groups / sizes.clamp(min=1)[:, None]).sum(-1) / (sizes > 0).sum(1)[:, None]
    similarity = (1 + points @ points.transpose(1, 2)) / 2
    same = labels[:, :, None] == labels[:, None]
    terms = torch.where(same, -similarity ** 2, functional.relu(similarity - ALPHA) ** power * (2 / power))
    return (weights[:, :, None] * weights[:, None] * terms).sum((1, 2)).mean()


def train(network, scenes, options, seconds, loss):
    """Steps for some time, on a graphics processor as a recorded graph."""
    is_cuda = scenes.device.type == "cuda"
    rate = torch.zeros((), device=scenes.device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-4, capturable=is_cuda)

    def step():
        for parameter in network.parameters():
            if parameter.grad is not None:
                parameter.grad.zero_()
        loss(*scenes.batch(options.batch)).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5, foreach=True)
        optimizer.step()

    run = step
    if is_cuda:
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step()
        run = graph.replay
    steps, start = 0, time.perf_counter()
    while (passed := (time.perf_counter() - start) / seconds) < 1:
        rate.fill_(options.learning_rate * min(1, (steps + 1) / 100) * (1 - passed) ** 0.9)
        for _ in range(20 if is_cuda else 1):
            run()
            steps += 1
        if is_cuda:
            torch.cuda.synchronize()
    return steps


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="images.npy and labels.npy of handwritten digits")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="where the weights go")
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights to begin with")
    parser.add_argument("--seconds", type=float, default=540, help="of training with the pair loss")
    parser.add_argument("--classes-seconds", type=float, default=0, help="before that, of telling the ten digits apart")
    parser.add_argument("--gradient", choices=("released", "steep"), default="steep")
    parser.add_argument("--batch", type=int, default=4, help="scenes in a step")
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network, scenes = Network().to(device), Scenes(options.data, device)
    if options.start:
        network.load(options.start)

    def class_loss(images, instances, classes):
        return functional.cross_entropy(network(images, network.classes), classes)

    def loop_losses(images, instances, classes):
        power = 2 if options.gradient == "released" else 4
        points = functional.normalize(network(images, network.head), dim=1).transpose(1, 2)
        total = surrogate(points, instances, power)
        for _ in range(LOOPS):
            points = shifted(points)
            total = total + surrogate(points, instances, power)
        return total

    for name, seconds, loss in (("classes", options.classes_seconds, class_loss), ("pairs", options.seconds, loop_losses)):
        if seconds > 0:
            steps = train(network, scenes, options, seconds, loss)
            print(f"{name}: {steps} steps, {steps * options.batch} scenes", flush=True)
    network.save(options.output)


if __name__ == "__main__":
    main()
