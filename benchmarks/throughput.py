"""What Lightning costs: deepclaims' chunked training against a plain loop and default Lightning.

    python benchmarks/throughput.py [--repeats 9] [--steps 600]

An MLP 784-128-10 with Adam at batch 128 on random data of MNIST's shape, one thread. The three
take turns, so that what else the machine does hits them alike; times are CPU seconds of the whole
training with its set-up (no evaluation), and the ratios are medians over the turns. The plain
loop is given everything that makes ours fast: resident tensors, `index_select`, the fused update.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import sys
import time
from collections.abc import Callable

import pytorch_lightning as pl
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from deepclaims.data.splits import Split, Splits
from deepclaims.training.machine import quiet
from deepclaims.training.task import train_on

SAMPLES, BATCH, WIDTH = 20_000, 128, 128
AT_LEAST = {"plain loop": 0.93, "default Lightning": 2.2}


def data() -> Splits:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(SAMPLES, 1, 28, 28, generator=generator)
    labels = torch.randint(0, 10, (SAMPLES,), generator=generator)
    split = Split((images,), labels)
    return Splits(split, None, split, "classification", 10, ((1, 28, 28),), "computed")


def network() -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 10))


def chunked(splits: Splits, steps: int) -> None:
    config = {
        "data": {"name": "mnist"},
        "model": {"name": "mlp", "depth": 1, "width": WIDTH},
        "init": {"name": "he"},
        "optimizer": {"name": "adam"},
        "schedule": {"name": "constant"},
        "fit": {"steps": steps, "batch_size": BATCH, "evaluate": []},
    }
    train_on(splits, config, seed=0)


def plain(splits: Splits, steps: int) -> None:
    (images,), labels = splits.train.inputs, splits.train.targets
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    done = 0
    while done < steps:
        for batch in torch.randperm(SAMPLES).split(BATCH)[: steps - done]:
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images.index_select(0, batch)), labels[batch])
            loss.backward()
            optimizer.step()
            done += 1


class DefaultModule(pl.LightningModule):
    """What Lightning's own tutorial writes."""

    def __init__(self) -> None:
        super().__init__()
        self.model = network()

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam, as the others."""
        return torch.optim.Adam(self.parameters(), fused=True)

    def training_step(self, batch: list[torch.Tensor], index: int) -> torch.Tensor:
        """The loss, logged."""
        images, labels = batch
        loss = F.cross_entropy(self.model(images), labels)
        self.log("train_loss", loss)
        return loss


def default(splits: Splits, steps: int) -> None:
    dataset = TensorDataset(*splits.train.inputs, splits.train.targets)
    # Its progress bar is part of the default; what it writes is not part of ours.
    with quiet(), contextlib.redirect_stdout(io.StringIO()):
        trainer = pl.Trainer(
            accelerator="cpu", max_steps=steps, logger=False, enable_checkpointing=False
        )
        trainer.fit(DefaultModule(), DataLoader(dataset, BATCH, shuffle=True))


def cpu_seconds(contestant: Callable[[Splits, int], None], splits: Splits, steps: int) -> float:
    start = time.process_time()
    contestant(splits, steps)
    return time.process_time() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--steps", type=int, default=600)
    options = parser.parse_args()
    torch.set_num_threads(1)
    splits = data()
    contestants = {"deepclaims": chunked, "plain loop": plain, "default Lightning": default}
    for contestant in contestants.values():
        contestant(splits, 20)
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(options.repeats):
        for name, contestant in contestants.items():
            times[name].append(cpu_seconds(contestant, splits, options.steps))
    print(f"MLP 784-{WIDTH}-10, batch {BATCH}, {options.steps} steps, {options.repeats} turns")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"{name:>20}: {1e6 * median / options.steps:7.0f} µs a step (median CPU time)")
    kept = True
    for rival, bound in AT_LEAST.items():
        ratios = [b / a for a, b in zip(times["deepclaims"], times[rival], strict=True)]
        ratio = statistics.median(ratios)
        print(
            f"throughput deepclaims / {rival}: {ratio:.2f} "
            f"[{min(ratios):.2f}, {max(ratios):.2f}], wanted >= {bound}: "
            + ("yes" if ratio >= bound else "NO")
        )
        kept &= ratio >= bound
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
