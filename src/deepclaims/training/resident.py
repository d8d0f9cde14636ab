"""Data of many replicas in memory, each tensor once where replicas have the same."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from deepclaims.data.splits import Split
from deepclaims.errors import ConfigError


class PerReplica:
    """A tensor (n, …) of each of R replicas, kept once for all that have the same.

    Args:
        tensors: one a replica, all of one shape.

    Raises:
        ConfigError: they differ in shape or type.
    """

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        if len({(x.shape, x.dtype) for x in tensors}) != 1:
            shapes = sorted({tuple(x.shape) for x in tensors})
            raise ConfigError(f"replicas whose data have other shapes cannot be stacked: {shapes}")
        self.n = len(tensors[0])
        distinct = list({id(x): x for x in tensors}.values())
        place = {id(x): i for i, x in enumerate(distinct)}
        self.which = torch.tensor([place[id(x)] for x in tensors])
        self.rows = distinct[0] if len(distinct) == 1 else torch.cat(distinct)
        self.asked: tuple[Tensor, Tensor] | None = None

    def to(self, device: torch.device) -> PerReplica:
        """Move it to `device`."""
        self.rows, self.which = self.rows.to(device), self.which.to(device)
        self.asked = None
        return self

    @property
    def is_shared(self) -> bool:
        """Whether all replicas have the same."""
        return len(self.rows) == self.n

    def gather(self, batch: Tensor, replicas: Tensor) -> Tensor:
        """The rows `batch` (r, B) of each of `replicas` (r,) -> (r·B, …)."""
        if not self.is_shared:
            batch = batch + self._first_rows(replicas)
        return self.rows.index_select(0, batch.flatten())

    def _first_rows(self, replicas: Tensor) -> Tensor:
        """Where the rows of each of `replicas` begin, (r, 1); kept for who asks again."""
        if self.asked is None or self.asked[0] is not replicas:
            self.asked = replicas, self.n * self.which[replicas, None]
        return self.asked[1]


class StackedSplit:
    """A split of each replica: inputs, targets, and how much each target counts."""

    def __init__(
        self, splits: Sequence[Split], weights: Sequence[Tensor] | None, *, reconstructs: bool
    ) -> None:
        self.inputs = [PerReplica(own) for own in zip(*(s.inputs for s in splits), strict=True)]
        self.targets = (
            self.inputs[0] if reconstructs else PerReplica([split.targets for split in splits])
        )
        self.weights = None if weights is None else PerReplica(weights)

    def __len__(self) -> int:
        return self.inputs[0].n

    def to(self, device: torch.device) -> None:
        """Move it to `device`."""
        for each in (*self.inputs, self.targets, *([self.weights] if self.weights else [])):
            each.to(device)


class Interning:
    """Gives back the first tensor that equalled the one asked for, so that copies can go."""

    def __init__(self) -> None:
        self.known: dict[tuple[object, ...], list[Tensor]] = {}

    def __call__(self, x: Tensor) -> Tensor:
        """`x`, or the earlier tensor that has its type, shape and values."""
        flat = x.flatten()
        few = tuple(flat[:: max(1, len(flat) // 8)].tolist())
        equals = self.known.setdefault((x.dtype, x.shape, few), [])
        for earlier in equals:
            if earlier is x or torch.equal(earlier, x):
                return earlier
        equals.append(x)
        return x

    def split(self, split: Split) -> Split:
        """The same split with its tensors interned."""
        return split.each(self)
