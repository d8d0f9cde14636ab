"""Laws of the initial weights (L1 "Inicialización de parámetros"); biases start at zero.

He et al. 2015, LeCun et al. 1998, Glorot & Bengio 2010, Saxe et al. 2014 (orthogonal).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Generator, Tensor, nn

from deepclaims.errors import ConfigError
from deepclaims.groups import Table

Law = Callable[[Tensor, int, int, Generator], None]
"""Fill a tensor in place: (w, d_in, d_out, generator)."""

_DENSITY_AT_2 = math.exp(-2) / math.sqrt(2 * math.pi)
TRUNCATED_STD = math.sqrt(1 - 4 * _DENSITY_AT_2 / math.erf(math.sqrt(2)))
"""Standard deviation of a unit normal redrawn beyond ±2: 0.8796, so the variance is 0.7737."""


def draw_truncated_(w: Tensor, std: float, generator: Generator) -> Tensor:
    """N(0, std²) where "si excede 2 desvíos va de nuevo": redrawn until |w| <= 2 std.

    `torch.nn.init.trunc_normal_` takes its bounds in absolute units, not in deviations.
    """
    w.normal_(generator=generator)
    outside = w.abs() > 2
    while outside.any():
        w[outside] = torch.empty_like(w[outside]).normal_(generator=generator)
        outside = w.abs() > 2
    return w.mul_(std)


def _normal(variance: Callable[[int, int], float]) -> Law:
    def law(w: Tensor, d_in: int, d_out: int, generator: Generator) -> None:
        w.normal_(0.0, math.sqrt(variance(d_in, d_out)), generator=generator)

    return law


def _uniform(bound: Callable[[int, int], float]) -> Law:
    def law(w: Tensor, d_in: int, d_out: int, generator: Generator) -> None:
        limit = bound(d_in, d_out)
        w.uniform_(-limit, limit, generator=generator)

    return law


def he() -> Law:
    """N(0, 2/d_in): keeps E[z²] through ReLU layers (He et al. 2015)."""
    return _normal(lambda d_in, d_out: 2 / d_in)


def he_truncated() -> Law:
    """N(0, 2/d_in) truncated at two deviations, which leaves the variance 0.7737 · 2/d_in."""

    def law(w: Tensor, d_in: int, d_out: int, generator: Generator) -> None:
        draw_truncated_(w, math.sqrt(2 / d_in), generator)

    return law


def he_truncated_corrected() -> Law:
    """A truncated normal of variance exactly 2/d_in: drawn wider by 1/0.8796, as Keras does."""

    def law(w: Tensor, d_in: int, d_out: int, generator: Generator) -> None:
        draw_truncated_(w, math.sqrt(2 / d_in) / TRUNCATED_STD, generator)

    return law


def lecun() -> Law:
    """N(0, 1/d_in)."""
    return _normal(lambda d_in, d_out: 1 / d_in)


def glorot() -> Law:
    """N(0, 2/(d_in + d_out)); the same as LeCun's where d_in = d_out."""
    return _normal(lambda d_in, d_out: 2 / (d_in + d_out))


def glorot_uniform() -> Law:
    """U(±√(6/(d_in + d_out))): the variance of `glorot`."""
    return _uniform(lambda d_in, d_out: math.sqrt(6 / (d_in + d_out)))


def _truncated(variance: Callable[[int, int], float], corrected: bool) -> Law:
    def law(w: Tensor, d_in: int, d_out: int, generator: Generator) -> None:
        std = math.sqrt(variance(d_in, d_out))
        draw_truncated_(w, std / TRUNCATED_STD if corrected else std, generator)

    return law


def lecun_truncated(*, corrected: bool = False) -> Law:
    """N(0, 1/d_in) truncated at two deviations; corrected, its variance is 1/d_in again."""
    return _truncated(lambda d_in, d_out: 1 / d_in, corrected)


def glorot_truncated(*, corrected: bool = False) -> Law:
    """N(0, 2/(d_in + d_out)) truncated at two deviations; corrected, with that variance again."""
    return _truncated(lambda d_in, d_out: 2 / (d_in + d_out), corrected)


def orthogonal(*, gain: float = 1.0) -> Law:
    """`gain` times orthonormal rows, or columns where there are more rows (Saxe et al. 2014).

    Filters count as one row each. √2 is the gain that keeps E[z²] through ReLU layers.
    """

    def law(w: Tensor, d_in: int, d_out: int, generator: Generator) -> None:
        rows = w.view(len(w), -1)
        size = max(rows.shape)
        square = draw_orthogonal_(rows.new_empty(size, size), generator)
        rows.copy_(gain * square[: rows.shape[0], : rows.shape[1]])

    return law


def normal(*, std: float = 1.0) -> Law:
    """N(0, std²) whatever the widths."""
    return _normal(lambda d_in, d_out: std**2)


def torch_default() -> Law:
    """U(±1/√d_in), what PyTorch gives the weights of dense and convolutional layers."""
    return _uniform(lambda d_in, d_out: 1 / math.sqrt(d_in))


LAWS: Table[Callable[..., Law]] = Table(
    "init",
    {
        "he": he,
        "he_truncated": he_truncated,
        "he_truncated_corrected": he_truncated_corrected,
        "lecun": lecun,
        "lecun_truncated": lecun_truncated,
        "glorot": glorot,
        "glorot_truncated": glorot_truncated,
        "glorot_uniform": glorot_uniform,
        "normal": normal,
        "orthogonal": orthogonal,
        "torch": torch_default,
    },
)
"""Laws by the name they have in `conf/init/`."""


def fans(w: Tensor) -> tuple[int, int]:
    """(d_in, d_out) of a weight (d_out, d_in, kernel…): numbers a unit reads, and feeds.

    A filter of k pixels and c channels reads c·k numbers, and each pixel it reads feeds k outputs
    of each filter.
    """
    kernel = w[0, 0].numel()
    return w.shape[1] * kernel, w.shape[0] * kernel


def draw_orthogonal_(w: Tensor, generator: Generator) -> Tensor:
    """A square matrix drawn uniformly (Haar) from the orthogonal ones.

    QR of a Gaussian matrix, with R's diagonal made positive (Mezzadri 2007).
    """
    gaussian = torch.empty(w.shape, dtype=torch.float64).normal_(generator=generator)
    q, r = torch.linalg.qr(gaussian)
    return w.copy_(q * r.diagonal().sign())


@torch.no_grad()
def initialise(model: nn.Module, config: Mapping[str, Any], generator: Generator) -> None:
    """Draw all weights of `model` anew, in the order of its layers, and set its biases to zero.

    Args:
        model: dense, convolutional and recurrent layers are known; the recurrent matrices W_hh
            are orthogonal (of each gate on its own) whatever the law of the others.
        config: the `init` group, e.g. `{"name": "normal", "std": 1.0}`.
        generator: a CPU generator; nothing else decides the weights.

    Raises:
        ConfigError: an unknown law, option or kind of layer.
    """
    law = LAWS.choose(config)
    for module in model.modules():
        if isinstance(module, nn.RNNBase):
            _initialise_recurrent(module, law, generator)
        elif isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d):
            law(module.weight, *fans(module.weight), generator)
            if module.bias is not None:
                module.bias.zero_()
        elif any(True for _ in module.parameters(recurse=False)):
            raise ConfigError(f"init={config['name']} does not know layers of type {module}")


def _initialise_recurrent(module: nn.RNNBase, law: Law, generator: Generator) -> None:
    for name, w in module.named_parameters():
        if name.startswith("bias"):
            w.zero_()
            continue
        for gate in w.split(module.hidden_size):
            if name.startswith("weight_hh"):
                draw_orthogonal_(gate, generator)
            else:
                law(gate, *fans(gate), generator)
