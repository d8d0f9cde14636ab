"""Initial weights of a network of any layers: a law where it applies, torch's own elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Generator, nn
from torch.nn.utils import parametrize

from deepclaims.errors import ConfigError
from deepclaims.nn.initialisation import initialise

OWN = "own"
"""The `init` that leaves a network as its class made it."""

KNOWN = (nn.RNNBase, nn.Linear, nn.Conv1d, nn.Conv2d)
"""Layers that a law of the `init` group applies to; all others keep what they were made with."""


def initialise_known(
    network: nn.Module, config: Mapping[str, Any], generator: Generator
) -> list[str]:
    """Draw the weights of the layers in `KNOWN` anew, in their order; their biases become zero.

    Args:
        network: of any layers.
        config: the `init` group; `{"name": "own"}` changes nothing.
        generator: a CPU generator; draws these weights.

    Returns:
        The types of layers with numbers of their own that were left as they are, sorted.

    Raises:
        ConfigError: an unknown law or option.
    """
    if config.get("name") == OWN and (unknown := sorted(set(config) - {"name"})):
        raise ConfigError(f"init={OWN} has no option {', '.join(unknown)}")
    left = set()
    for layer in network.modules():
        known = isinstance(layer, KNOWN) and not parametrize.is_parametrized(layer)
        if known and config.get("name") != OWN:
            initialise(layer, config, generator)
        elif any(True for _ in layer.parameters(recurse=False)):
            left.add(type(layer).__name__)
    return sorted(left)
