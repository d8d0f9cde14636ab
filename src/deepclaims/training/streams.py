"""Random streams of a replica: one for each kind of choice, so that none disturbs another.

Two configs that differ in batch size, say, start from the same weights if they have one seed.
"""

from __future__ import annotations

import numpy as np
import torch

WEIGHTS, BATCHES, NOISE = 1, 2, 3
"""What is drawn: initial weights; the order of the samples; dropout masks and augmentation."""


def stream(
    seed: int, purpose: int, rank: int = 0, device: torch.device | str = "cpu"
) -> torch.Generator:
    """The generator of `purpose` in the replica `seed`.

    Args:
        seed: the replica's.
        purpose: one of the constants above.
        rank: of the process under DDP, where each draws its own noise.
        device: where it draws.
    """
    word = np.random.SeedSequence([seed, purpose, rank]).generate_state(1, np.uint64)[0]
    # torch takes seeds as signed 64-bit numbers.
    return torch.Generator(device).manual_seed(int(word >> np.uint64(1)))
