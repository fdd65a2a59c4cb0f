"""PyTorch on the processor: fused attention, chunks of rows, exponentials.

exp2 and not exp: torch.exp goes through MKL, which takes about 18 times as long per value below -87, where most values of
a kernel with kappa = 100 are.
"""

import math

import torch
import torch.nn.functional as functional

from worker import Rival, Skipped

CHUNK = 256


def rival(contestant, operation, given):
    torch.set_num_threads(given.threads)
    torch.set_flush_denormal(True)
    description = f"PyTorch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}"
    points = torch.from_numpy(given.points)
    if operation == "exponential":
        result = torch.empty_like(points)
        run = lambda: torch.exp(points, out=result)  # noqa: E731
        return Rival(description, run, lambda output: output.numpy())
    step = {"torch-sdpa": attention, "torch-chunks": chunks}[contestant]
    kappa = given.concentration
    if operation == "step":

        def run():
            with torch.no_grad():
                return step(points, kappa)

        return Rival(description, run, lambda output: output.numpy())
    if operation == "forward_backward":
        if given.targets is None or given.targets.shape != given.points.shape:
            raise Skipped("no upstream gradient in targets.npy")
        upstream = torch.from_numpy(given.targets)

        def run():
            x = points.detach().requires_grad_(True)
            step(x, kappa).backward(upstream)
            return x.grad

        return Rival(description, run, lambda output: output.numpy())
    raise Skipped(f"no {operation} with torch")


def attention(x, kappa):
    """softmax(kappa X X^T) X: the rows of the kernel matrix divided by their sums are a softmax."""
    operand = x[None, None]
    return functional.normalize(
        functional.scaled_dot_product_attention(operand, operand, operand, scale=kappa)[0, 0], dim=1)


def chunks(x, kappa):
    """Rows of the kernel matrix, a chunk at a time."""
    scale = kappa / math.log(2)
    shifted = []
    for rows in x.split(CHUNK):
        cosines = rows @ x.T
        if x.requires_grad:
            kernel = torch.exp2((cosines - 1) * scale)
        else:
            kernel = cosines.sub_(1).mul_(scale).exp2_()
        # The kernel sum cancels in the normalisation, also in the gradient.
        shifted.append(kernel @ x)
    return functional.normalize(torch.cat(shifted), dim=1)
