"""The slides' recursion of δ through dense layers, by hand, and two ways of checking it.

L2 "Backpropagation" and "Backprop sobre una neurona". A net is a list of its layers' (W, b), the
bias as last column, `(out, in + 1)`; its last layer is linear, and L = ½‖ŷ − y‖² summed over
samples. Inputs and targets have a column for each sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from deepclaims.nn.against_torch import normal

Function = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "relu": (lambda z: z.clamp(min=0), lambda z: (z > 0).to(z.dtype)),
    "sigmoid": (torch.sigmoid, lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z))),
    "tanh": (torch.tanh, lambda z: 1 - torch.tanh(z) ** 2),
}
"""g and g′ by name; the slide's step is the derivative of relu."""


def draw_layers(sizes: Sequence[int], random: torch.Generator) -> list[Tensor]:
    """Layers with standard normal parameters in double precision, of these widths."""
    weights = [normal(random, out, into) for into, out in pairwise(sizes)]
    return [torch.cat([W, normal(random, len(W), 1)], dim=1) for W in weights]


def backpropagate(
    layers: Sequence[Tensor], x: Tensor, y: Tensor, g: Function, slope: Function
) -> list[Tensor]:
    """The slides' recursion: δ starts as ∂L/∂ŷ and is multiplied by ∂f/∂x from layer to layer.

    Args:
        layers: of the net.
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


def by_autograd(layers: Sequence[Tensor], x: Tensor, y: Tensor, g: Function) -> Sequence[Tensor]:
    """∂L/∂(W, b) of each layer, by torch."""
    leaves = [each.clone().requires_grad_() for each in layers]
    return torch.autograd.grad(_loss(leaves, x, y, g), leaves)


def by_differences(
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
