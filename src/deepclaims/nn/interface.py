"""What a network must know of the data: what comes in and what must come out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class Interface:
    """Shapes at both ends of a network, without the batch dimension.

    Args:
        inputs: shape of one sample of each input, e.g. ((1, 28, 28),).
        outputs: numbers that come out for a sample (or for a step, if `per_step`).
        per_step: one output for each step of a sequence, not one for the whole.
    """

    inputs: tuple[tuple[int, ...], ...]
    outputs: int
    per_step: bool = False

    @property
    def features(self) -> int:
        """Numbers in one sample, all inputs together."""
        return sum(math.prod(shape) for shape in self.inputs)

    def image(self, model: str) -> tuple[int, int, int]:
        """(channels, height, width) of the only input.

        Raises:
            ConfigError: the data are no images.
        """
        if len(self.inputs) != 1 or len(self.inputs[0]) != 3 or self.per_step:
            raise ConfigError(
                f"model={model} reads images (channels, height, width); these data have "
                f"inputs of shape {self.inputs}"
            )
        channels, height, width = self.inputs[0]
        return channels, height, width
