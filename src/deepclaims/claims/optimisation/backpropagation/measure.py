"""The slides' recursion of δ, by hand, against autograd and finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from deepclaims.evidence.outcome import Outcome

Function = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "relu": (lambda z: z.clamp(min=0), lambda z: (z > 0).to(z.dtype)),
    "sigmoid": (torch.sigmoid, lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
    "tanh": (torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
}
"""g and g′ by name; the slide's step is the derivative of relu."""


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
    layers = _parameters(sizes, random)
    x = torch.randn(sizes[0], config["samples"], generator=random, dtype=torch.float64)
    y = torch.randn(sizes[-1], config["samples"], generator=random, dtype=torch.float64)

    by_hand = backpropagate(layers, x, y, g, slope)
    forgetful = backpropagate(layers, x, y, g, torch.ones_like)
    by_autograd = _autograd(layers, x, y, g)
    by_differences = _central_differences(layers, x, y, g, config["step"])
    return Outcome(
        {
            "autograd_difference": _relative(by_hand, by_autograd),
            "finite_difference": _relative(by_hand, by_differences),
            "wrong_delta_difference": _relative(forgetful, by_autograd),
        }
    )


def neuron(config: dict[str, Any], seed: int) -> Outcome:
    """Compare ∂L/∂W = δ step(z) x of one ReLU neuron with autograd, for many random neurons.

    Args:
        config: `inputs` of the neuron, `draws` of (W, b, x, δ).
        seed: of the draws.
    """
    random = torch.Generator().manual_seed(seed)
    shape = (config["draws"], config["inputs"])
    W, x = (torch.randn(shape, generator=random, dtype=torch.float64) for _ in range(2))
    b, delta = (torch.randn(shape[0], generator=random, dtype=torch.float64) for _ in range(2))
    W.requires_grad_()
    z = (W * x).sum(dim=1) + b
    (delta * torch.relu(z)).sum().backward()
    assert W.grad is not None
    by_hand = (delta * (z > 0))[:, None] * x
    return Outcome(
        {
            "neuron_difference": _relative([by_hand], [W.grad]),
            "neuron_wrong_difference": _relative([delta[:, None] * x], [W.grad]),
            "neuron_inactive": float((z <= 0).double().mean()),
        }
    )


def backpropagate(
    layers: Sequence[Tensor], x: Tensor, y: Tensor, g: Function, slope: Function
) -> list[Tensor]:
    """The slides' recursion: δ starts as ∂L/∂ŷ and is multiplied by ∂f/∂x from layer to layer.

    L = ½‖ŷ − y‖² summed over samples; the last layer is linear.

    Args:
        layers: (W, b) of each layer, the bias as last column, `(out, in + 1)`.
        x: inputs, `(features, samples)`.
        y: targets, `(outputs, samples)`.
        g: activation of the hidden layers.
        slope: its derivative as a function of z.

    Returns:
        ∂L/∂(W, b) of each layer.
    """
    z, h = _forward(layers, x, g)
    delta = z[-1] - y  # ∂L/∂ŷ
    gradients = []
    for layer in reversed(range(len(layers))):
        if layer < len(layers) - 1:
            delta = delta * slope(z[layer])  # ∂h/∂z
        gradients.append(torch.cat([delta @ h[layer].T, delta.sum(dim=1, keepdim=True)], dim=1))
        delta = layers[layer][:, :-1].T @ delta  # ∂z/∂x, on to the layer before
    return gradients[::-1]


def _parameters(sizes: Sequence[int], random: torch.Generator) -> list[Tensor]:
    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, dtype=torch.float64)

    weights = [normal(out, into) for into, out in pairwise(sizes)]
    return [torch.cat([W, normal(len(W), 1)], dim=1) for W in weights]


def _forward(layers: Sequence[Tensor], x: Tensor, g: Function) -> tuple[list[Tensor], list[Tensor]]:
    """Every layer's z = Wx + b and its input; leading dimensions of (W, b) are carried along."""
    z: list[Tensor] = []
    h = [x]
    for layer in layers:
        z.append(layer[..., :-1] @ h[-1] + layer[..., -1:])
        h.append(g(z[-1]))
    return z, h[:-1]


def _loss(layers: Sequence[Tensor], x: Tensor, y: Tensor, g: Function) -> Tensor:
    return 0.5 * ((_forward(layers, x, g)[0][-1] - y) ** 2).sum(dim=(-2, -1))


def _autograd(layers: Sequence[Tensor], x: Tensor, y: Tensor, g: Function) -> Sequence[Tensor]:
    leaves = [each.clone().requires_grad_() for each in layers]
    return torch.autograd.grad(_loss(leaves, x, y, g), leaves)


def _central_differences(
    layers: Sequence[Tensor], x: Tensor, y: Tensor, g: Function, step: float
) -> list[Tensor]:
    """(L(θ + step) − L(θ − step)) / (2 step), all parameters of a layer at once."""
    gradients = []
    for place, layer in enumerate(layers):
        moves = step * torch.eye(layer.numel(), dtype=layer.dtype).reshape(-1, *layer.shape)
        up, down = (
            _loss([*layers[:place], moved, *layers[place + 1 :]], x, y, g)
            for moved in (layer + moves, layer - moves)
        )
        gradients.append(((up - down) / (2 * step)).reshape(layer.shape))
    return gradients


def _relative(a: Sequence[Tensor], b: Sequence[Tensor]) -> float:
    left, right = (torch.cat([each.ravel() for each in gradient]) for gradient in (a, b))
    return float((left - right).norm() / right.norm())
