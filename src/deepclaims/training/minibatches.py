"""The order in which samples are seen: epochs of seeded minibatches, handed out in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from deepclaims.training.settings import Fit

AUTOMATIC_CHUNK = 50
"""Minibatches in a chunk: Lightning's 0.15 ms a call is then 3 µs a minibatch."""


class Chunk:
    """Minibatches that are trained on in one go.

    Args:
        batches: the sample numbers of each, (B,) int64, or (R, B) for R replicas.
    """

    # Not a dataclass: Lightning would take it apart to convert its tensors one by one.
    def __init__(self, batches: Sequence[Tensor]) -> None:
        self.batches = batches

    def to(self, device: torch.device, non_blocking: bool = False) -> Chunk:
        """The same chunk on `device`, in one transfer."""
        if device == self.batches[0].device:
            return self
        sizes = [batch.shape[-1] for batch in self.batches]
        moved = torch.cat(list(self.batches), dim=-1).to(device, non_blocking=non_blocking)
        return Chunk(moved.split(sizes, dim=-1))


@dataclass(frozen=True)
class Plan:
    """How long a training is.

    Args:
        samples: n.
        batch_size: B; the last batch of an epoch may be smaller.
        steps: minibatches in all.
        chunk: minibatches in a chunk.
        epochs_a_pass: epochs after which Lightning is told that one of its epochs has ended; more
            than one where nothing is to happen in between and epochs are short.
    """

    samples: int
    batch_size: int
    steps: int
    chunk: int
    epochs_a_pass: int

    @classmethod
    def make(cls, fit: Fit, samples: int, *, each_epoch: bool, chunked: bool = True) -> Plan:
        """The plan of a `fit` group for `samples` training samples.

        Args:
            fit: the settings.
            samples: n.
            each_epoch: whether something happens at the end of each epoch.
            chunked: False gives chunks of one minibatch (DDP).
        """
        size = samples if fit.batch_size == "full" else min(int(fit.batch_size), samples)
        per_epoch = -(-samples // size)
        steps = fit.epochs * per_epoch if fit.steps is None else fit.steps
        chunk = AUTOMATIC_CHUNK if fit.chunk == "auto" else int(fit.chunk)
        epochs = 1 if each_epoch else max(1, -(-steps // per_epoch))
        return cls(samples, size, steps, chunk if chunked else 1, epochs)

    @property
    def per_epoch(self) -> int:
        """Minibatches in an epoch."""
        return -(-self.samples // self.batch_size)

    @property
    def passes(self) -> int:
        """ChunkLoader in all."""
        return -(-self.steps // (self.epochs_a_pass * self.per_epoch))


class ChunkLoader:
    """What Lightning takes for its dataloader: each pass over it is one of its epochs.

    Args:
        plan: how long.
        generator: a CPU generator; draws one permutation an epoch. Several of them draw each
            that of its replica, (R, n). Where a batch is everything there is nothing to draw: every
            step has the same tensor, so that who gathers it can do so once.
        done: how many minibatches have been trained on, asked at the start of each pass.
    """

    def __init__(
        self, plan: Plan, generator: Generator | Sequence[Generator], done: Callable[[], int]
    ) -> None:
        self.plan = plan
        self.generator = generator
        self.done = done

    def __iter__(self) -> Iterator[Chunk]:
        plan = self.plan
        whole = self._whole() if plan.batch_size == plan.samples else None
        left = min(plan.epochs_a_pass * plan.per_epoch, plan.steps - self.done())
        chunk: list[Tensor] = []
        while left > 0:
            epoch = self._epoch()[:left] if whole is None else [whole]
            left -= len(epoch)
            for batch in epoch:
                chunk.append(batch)
                if len(chunk) == plan.chunk:
                    yield Chunk(chunk)
                    chunk = []
        if chunk:
            yield Chunk(chunk)

    def _whole(self) -> Tensor:
        rows = torch.arange(self.plan.samples)
        if isinstance(self.generator, Generator):
            return rows
        return rows.repeat(len(self.generator), 1)

    def _epoch(self) -> list[Tensor]:
        n = self.plan.samples
        if isinstance(self.generator, Generator):
            order = torch.randperm(n, generator=self.generator)
        else:
            order = torch.stack([torch.randperm(n, generator=own) for own in self.generator])
        return list(order.split(self.plan.batch_size, dim=-1))


class Rows:
    """Consecutive samples `split` by `split`, as slices: what evaluation goes through."""

    def __init__(self, samples: int, size: int = 500) -> None:
        self.samples, self.size = samples, size

    def __len__(self) -> int:
        return -(-self.samples // self.size)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for start in range(0, self.samples, self.size):
            yield start, min(start + self.size, self.samples)
