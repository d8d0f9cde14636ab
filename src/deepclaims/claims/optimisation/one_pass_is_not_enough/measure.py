"""Which pass each minibatch is of, found by counting how often its samples have been used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
import torch
from torch import Generator, Tensor

from deepclaims.evidence.outcome import Outcome

COLUMNS = ["order", "batch_size", "t", "pass", "printed"]


def count(config: dict[str, Any], seed: int) -> Outcome:
    """Set the printed e_t against the uses of the samples, step by step.

    Args:
        config: `samples`, n; `passes`; `whole` and `broken`, batch sizes that divide n and that
            do not.
        seed: of the orders.

    Returns:
        Table `steps`: `order` (`passes`, each a new permutation of all samples; or `drawn`, with
        replacement), `batch_size`, `t` (steps already made, from 0), `pass` (one more than the
        times that the batch's samples had been used; NaN where they differ in it), `printed`
        (1 + ⌊tB/n⌋). Metric `steps`, how many rows.
    """
    generator, n = Generator().manual_seed(seed), int(config["samples"])
    rows: list[tuple[str, int, int, float, int]] = []
    for size in [*config["whole"], *config["broken"]]:
        orders = {"passes": shuffled(n, size, config["passes"], generator)}
        if size in config["whole"]:
            steps = config["passes"] * n // size
            orders["drawn"] = (torch.randint(n, (size,), generator=generator) for _ in range(steps))
        for order, batches in orders.items():
            for t, found in enumerate(passes_of(n, batches)):
                rows.append((order, size, t, found, 1 + t * size // n))
    return Outcome({"steps": len(rows)}, {}, {"steps": pd.DataFrame(rows, columns=COLUMNS)})


def shuffled(n: int, size: int, passes: int, generator: Generator) -> Iterator[Tensor]:
    """Minibatches of permutations of n samples; the last of each may be smaller."""
    for _ in range(passes):
        yield from torch.randperm(n, generator=generator).split(size)


def passes_of(n: int, batches: Iterable[Tensor]) -> Iterator[float]:
    """One more than how often a batch's samples were used before it; NaN where they differ."""
    used = torch.zeros(n, dtype=torch.long)
    for batch in batches:
        before = used[batch].unique()
        yield 1.0 + before.item() if len(before) == 1 else float("nan")
        used += torch.bincount(batch, minlength=n)
