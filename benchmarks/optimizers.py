"""What the lectures' optimisers cost beside torch's foreach ones.

    python benchmarks/optimizers.py [--repeats 15] [--steps 200]

Updates of an MLP 784-256-128-10 with fixed gradients, one thread; the two take turns, and the
ratios are medians over the turns. torch's fused updates, which training takes, are shown beside.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop

from deepclaims.optim import lecture_optimizers as lecture

AT_MOST = 1.15
Make = Callable[[list[Tensor]], Optimizer]

PAIRS: dict[str, tuple[Make, Make, Make | None]] = {
    "SGD": (
        lambda p: lecture.SGD(p, 1e-3),
        lambda p: SGD(p, 1e-3, foreach=True),
        lambda p: SGD(p, 1e-3, fused=True),
    ),
    "Velocity": (
        lambda p: lecture.Velocity(p, 1e-3),
        lambda p: SGD(p, 1e-3, momentum=0.9, foreach=True),
        lambda p: SGD(p, 1e-3, momentum=0.9, fused=True),
    ),
    "NAG": (
        lambda p: lecture.NAG(p, 1e-3),
        lambda p: SGD(p, 1e-3, momentum=0.9, nesterov=True, foreach=True),
        lambda p: SGD(p, 1e-3, momentum=0.9, nesterov=True, fused=True),
    ),
    "AdaGrad": (
        lambda p: lecture.AdaGrad(p, 1e-3),
        lambda p: Adagrad(p, 1e-3, foreach=True),
        lambda p: Adagrad(p, 1e-3, fused=True),
    ),
    "RMSProp": (
        lambda p: lecture.RMSProp(p, 1e-3),
        lambda p: RMSprop(p, 1e-3, foreach=True),
        None,
    ),
    "Adam": (
        lambda p: lecture.Adam(p, 1e-3),
        lambda p: Adam(p, 1e-3, foreach=True),
        lambda p: Adam(p, 1e-3, fused=True),
    ),
    "AdamW": (
        lambda p: lecture.AdamW(p, 1e-3),
        lambda p: AdamW(p, 1e-3, foreach=True),
        lambda p: AdamW(p, 1e-3, fused=True),
    ),
}


def optimizer_of(make: Make) -> Optimizer:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(784, 256), nn.Linear(256, 128), nn.Linear(128, 10))
    parameters = list(model.parameters())
    for p in parameters:
        p.grad = 1e-3 * torch.randn_like(p)
    optimizer = make(parameters)
    for _ in range(5):
        optimizer.step()
    return optimizer


def seconds(optimizer: Optimizer, steps: int) -> float:
    start = time.process_time()
    for _ in range(steps):
        optimizer.step()
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--steps", type=int, default=200)
    options = parser.parse_args()
    torch.set_num_threads(1)
    kept = True
    print(f"{'':>10} {'ours':>9} {'foreach':>9} {'fused':>9}   ours / foreach")
    for name, makes in PAIRS.items():
        optimizers = [make and optimizer_of(make) for make in makes]
        turns = [
            [optimizer and seconds(optimizer, options.steps) for optimizer in optimizers]
            for _ in range(options.repeats)
        ]
        ours, foreach, fused = (
            statistics.median(t[i] or 0 for t in turns) / options.steps * 1e6 for i in range(3)
        )
        ratios = sorted(turn[0] / turn[1] for turn in turns)
        ratio = statistics.median(ratios)
        print(
            f"{name:>10} {ours:6.0f} µs {foreach:6.0f} µs {fused:6.0f} µs   {ratio:.2f} "
            f"[{ratios[0]:.2f}, {ratios[-1]:.2f}], wanted <= {AT_MOST}: "
            + ("yes" if ratio <= AT_MOST else "NO")
        )
        kept &= ratio <= AT_MOST
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
