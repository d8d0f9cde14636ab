"""The slides' recursion of δ, by hand, against autograd and finite differences."""

from __future__ import annotations

from typing import Any

import torch

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import normal, relative
from deepclaims.nn.backpropagation import (
    ACTIVATIONS,
    backpropagate,
    by_autograd,
    by_differences,
    draw_layers,
)


def chain(config: dict[str, Any], seed: int) -> Outcome:
    """Differentiate one random net F = f₃ ∘ f₂ ∘ f₁ in three ways.

    Each difference is ‖a − b‖/‖b‖ of the whole gradient, all layers with their biases. The wrong
    δ forgets g′.

    Args:
        config: `activation`; `widths` [smallest, largest]; `samples` per net; `step` of the
            central differences.
        seed: of widths, parameters and data.
    """
    g, slope = ACTIVATIONS[config["activation"]]
    random = torch.Generator().manual_seed(seed)
    smallest, largest = config["widths"]
    sizes = torch.randint(smallest, largest + 1, (4,), generator=random).tolist()
    layers = draw_layers(sizes, random)
    x = normal(random, sizes[0], config["samples"])
    y = normal(random, sizes[-1], config["samples"])

    by_hand = backpropagate(layers, x, y, g, slope)
    forgetful = backpropagate(layers, x, y, g, torch.ones_like)
    autograd = by_autograd(layers, x, y, g)
    differences = by_differences(layers, x, y, g, config["step"])
    return Outcome(
        {
            "autograd_difference": relative(by_hand, autograd),
            "finite_difference": relative(by_hand, differences),
            "wrong_delta_difference": relative(forgetful, autograd),
        }
    )


def neuron(config: dict[str, Any], seed: int) -> Outcome:
    """Compare ∂L/∂W = δ step(z) x of one ReLU neuron with autograd, for many random neurons.

    Args:
        config: `inputs` of the neuron, `draws` of (W, b, x, δ).
        seed: of the draws.
    """
    random = torch.Generator().manual_seed(seed)
    draws, inputs = config["draws"], config["inputs"]
    W, x = (normal(random, draws, inputs) for _ in range(2))
    b, delta = (normal(random, draws) for _ in range(2))
    W.requires_grad_()
    z = (W * x).sum(dim=1) + b
    (delta * torch.relu(z)).sum().backward()
    assert W.grad is not None
    by_hand = (delta * (z > 0))[:, None] * x
    return Outcome(
        {
            "neuron_difference": relative([by_hand], [W.grad]),
            "neuron_wrong_difference": relative([delta[:, None] * x], [W.grad]),
            "neuron_inactive": float((z <= 0).double().mean()),
        }
    )
