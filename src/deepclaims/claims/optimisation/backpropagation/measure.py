"""The slides' recursion of δ, by hand, against autograd and finite differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    weights, biases = _parameters(sizes, random)
    x = torch.randn(sizes[0], config["samples"], generator=random, dtype=torch.float64)
    y = torch.randn(sizes[-1], config["samples"], generator=random, dtype=torch.float64)

    by_hand = backpropagate(weights, biases, x, y, g, slope)
    forgetful = backpropagate(weights, biases, x, y, g, torch.ones_like)
    by_autograd = _autograd(weights, biases, x, y, g)
    by_differences = _central_differences(weights, biases, x, y, g, config["step"])
    inputs = _forward(weights, biases, x, g)[0]
    return Outcome(
        {
            "autograd_difference": _relative(by_hand, by_autograd),
            "finite_difference": _relative(by_hand, by_differences),
            "wrong_delta_difference": _relative(forgetful, by_autograd),
            "inactive": float(torch.cat([z.ravel() <= 0 for z in inputs[:-1]]).double().mean()),
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
    weights: Sequence[Tensor],
    biases: Sequence[Tensor],
    x: Tensor,
    y: Tensor,
    g: Function,
    slope: Function,
) -> list[Tensor]:
    """The slides' recursion: δ starts as ∂L/∂ŷ and is multiplied by ∂f/∂x from layer to layer.

    L = ½‖ŷ − y‖² summed over samples; the last layer is linear.

    Args:
        weights: W of each layer, `(out, in)`.
        biases: b of each layer, `(out, 1)`.
        x: inputs, `(features, samples)`.
        y: targets, `(outputs, samples)`.
        g: activation of the hidden layers.
        slope: its derivative as a function of z.

    Returns:
        ∂L/∂(W, b) of each layer, the bias as last column, `(out, in + 1)`.
    """
    z, h = _forward(weights, biases, x, g)
    delta = z[-1] - y  # ∂L/∂ŷ
    gradients = []
    for layer in reversed(range(len(weights))):
        if layer < len(weights) - 1:
            delta = delta * slope(z[layer])  # ∂h/∂z
        gradients.append(torch.cat([delta @ h[layer].T, delta.sum(dim=1, keepdim=True)], dim=1))
        delta = weights[layer].T @ delta  # ∂z/∂x, on to the layer before
    return gradients[::-1]


def _parameters(sizes: Sequence[int], random: torch.Generator) -> tuple[list[Tensor], list[Tensor]]:
    pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
    weights = [torch.randn(o, i, generator=random, dtype=torch.float64) for o, i in pairs]
    biases = [torch.randn(o, 1, generator=random, dtype=torch.float64) for o, _ in pairs]
    return weights, biases


def _forward(
    weights: Sequence[Tensor], biases: Sequence[Tensor], x: Tensor, g: Function
) -> tuple[list[Tensor], list[Tensor]]:
    """Every layer's z = Wx + b and its input; leading dimensions of W are carried along."""
    z: list[Tensor] = []
    h = [x]
    for W, b in zip(weights, biases, strict=True):
        z.append(W @ h[-1] + b)
        h.append(g(z[-1]))
    return z, h[:-1]


def _loss(
    weights: Sequence[Tensor], biases: Sequence[Tensor], x: Tensor, y: Tensor, g: Function
) -> Tensor:
    return 0.5 * ((_forward(weights, biases, x, g)[0][-1] - y) ** 2).sum(dim=(-2, -1))


def _autograd(
    weights: Sequence[Tensor], biases: Sequence[Tensor], x: Tensor, y: Tensor, g: Function
) -> list[Tensor]:
    W, b = ([each.clone().requires_grad_() for each in given] for given in (weights, biases))
    _loss(W, b, x, y, g).backward()  # type: ignore[no-untyped-call]
    return [torch.cat([w.grad, c.grad], dim=1) for w, c in zip(W, b, strict=True)]  # type: ignore


def _central_differences(
    weights: Sequence[Tensor],
    biases: Sequence[Tensor],
    x: Tensor,
    y: Tensor,
    g: Function,
    step: float,
) -> list[Tensor]:
    """(L(θ + step) − L(θ − step)) / (2 step), all parameters of a layer at once."""
    gradients = []
    for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
        together = torch.cat([W, b], dim=1)
        moves = step * torch.eye(together.numel(), dtype=W.dtype).reshape(-1, *together.shape)
        up, down = (
            _loss(
                [*weights[:layer], moved[..., :-1], *weights[layer + 1 :]],
                [*biases[:layer], moved[..., -1:], *biases[layer + 1 :]],
                x,
                y,
                g,
            )
            for moved in (together + moves, together - moves)
        )
        gradients.append(((up - down) / (2 * step)).reshape(together.shape))
    return gradients


def _relative(a: Sequence[Tensor], b: Sequence[Tensor]) -> float:
    left, right = (torch.cat([each.ravel() for each in gradient]) for gradient in (a, b))
    return float((left - right).norm() / right.norm())
