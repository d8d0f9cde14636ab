"""Many small recurrent nets of one shape as one tensor program: a weight is (R, …), a batch too.

L1 "Redes Recurrentes: Modelo" and "Large Time Series Models: Modelo". The steps, and the way back
through them, are in `through_time`.
"""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from deepclaims.errors import ConfigError
from deepclaims.nn import through_time
from deepclaims.nn.initialisation import draw_orthogonal_

Weights = dict[str, Tensor]
"""`w_xh` (R, d, G), `w_hh` (R, n, G), `b` (R, G), `w_hy` (R, n, k), `b_y` (R, k), where G is n, or
4n for the gates f, i, o and the candidate c of an LSTM, in this order."""


def plain_states(weights: Weights, x: Tensor, activation: str = "tanh") -> Tensor:
    """States h_t = g(W_xh x_t + W_hh h_{t-1} + b) from h_0 = 0.

    Args:
        weights: of a plain net.
        x: (R, steps, n, d).
        activation: tanh or relu.

    Returns:
        For each step the states, (steps, R, n, width).
    """
    return through_time.plain(x, *_matrices(weights), activation)[0].mT


def gated_states(weights: Weights, x: Tensor) -> Tensor:
    """States h_t = o ⊙ tanh(c_t), c_t = f ⊙ c_{t-1} + i ⊙ c̃, from h_0 = c_0 = 0; see the above."""
    return through_time.gated(x, *_matrices(weights))[0].mT


def gated_step(z: Tensor, h: Tensor, c: Tensor, w: Tensor) -> tuple[Tensor, Tensor]:
    """(h_t, c_t) from the inputs' part z (R, n, 4·width) and (h_{t-1}, c_{t-1})."""
    width = h.shape[-1]
    gates = torch.baddbmm(z, h, w)
    f, i, o = gates[..., : 3 * width].sigmoid().chunk(3, dim=-1)
    c = f * c + i * gates[..., 3 * width :].tanh()
    return o * c.tanh(), c


def answer(weights: Weights, h: Tensor) -> Tensor:
    """Y = W_hy h + b_y: (R, n, width) -> (R, n, k)."""
    return torch.baddbmm(weights["b_y"][:, None], h, weights["w_hy"])


def plain_answer(weights: Weights, x: Tensor, activation: str = "tanh") -> Tensor:
    """What plain nets answer after the last step: (R, steps, n, d) -> (R, n, k)."""
    return answer(weights, through_time.plain(x, *_matrices(weights), activation)[1].mT)


def gated_answer(weights: Weights, x: Tensor, function: str = "tanh") -> Tensor:
    """What LSTMs answer after the last step: (R, steps, n, d) -> (R, n, k).

    Args:
        weights: of LSTMs.
        x: what they read.
        function: in place of tanh, of the candidate and of the cell's output; see `gated`.
    """
    return answer(weights, through_time.gated(x, *_matrices(weights), function)[1].mT)


def inputs_of(weights: Weights, x: Tensor) -> tuple[Tensor, ...]:
    """W_xh x_t + b of every step, each (R, n, G)."""
    replicas, steps, n, d = x.shape
    rows = x.reshape(replicas, steps * n, d)
    z = torch.baddbmm(weights["b"][:, None], rows, weights["w_xh"])
    return z.view(replicas, steps, n, -1).unbind(1)


def _matrices(weights: Weights) -> tuple[Tensor, Tensor, Tensor]:
    return weights["w_xh"], weights["b"], weights["w_hh"]


def draw_plain(
    law: str, replicas: int, sizes: tuple[int, int, int], generator: Generator, gain: float = 1.0
) -> Weights:
    """Fresh plain nets with zero biases; W_xh and W_hy are N(0, 1/d_in).

    Args:
        law: of W_hh: orthogonal | gaussian (N(0, 1/width)) | identity | torch (U(±1/√width), as
            PyTorch's, for the other matrices and the biases too).
        replicas: R.
        sizes: (d, width, k).
        generator: draws them.
        gain: W_hh is multiplied by it.
    """
    d, width, k = sizes
    weights = _around(replicas, (d, width, width, k), generator)
    w = _recurrent(law, replicas, width, generator)
    if law == "torch":
        weights = {name: _uniform(each, width, generator) for name, each in weights.items()}
    return {**weights, "w_hh": gain * w}


def draw_gated(
    law: str, replicas: int, sizes: tuple[int, int, int], lag: int, generator: Generator
) -> Weights:
    """Fresh LSTMs.

    Args:
        law: orthogonal, identity or torch: that of every gate's W_hh, as in `draw_plain`, and gates
            half open (biases around 0). With the forget gate open, W_hh orthogonal: one (b_f = 1,
            Jozefowicz et al. 2015), open (b_f = 4, b_i = −2.5), chrono (b_f = log U(1, lag),
            b_i = −b_f, Tallec & Ollivier 2018).
        replicas: R.
        sizes: (d, width, k).
        lag: the longest time to be bridged, in steps.
        generator: draws them.
    """
    d, width, k = sizes
    weights = _around(replicas, (d, width, 4 * width, k), generator)
    opened = law in ("one", "open", "chrono")
    gates = [_recurrent("orthogonal" if opened else law, replicas, width, generator)
             for _ in range(4)]  # fmt: skip
    if law == "torch":
        weights = {name: _uniform(each, width, generator) for name, each in weights.items()}
    forget, entry = weights["b"][:, :width], weights["b"][:, width : 2 * width]
    if law == "one":
        forget.fill_(1.0)
    elif law == "open":
        forget.fill_(4.0)
        entry.fill_(-2.5)
    elif law == "chrono":
        forget.uniform_(1.0, max(lag, 2), generator=generator).log_()
        entry.copy_(-forget)
    return {**weights, "w_hh": torch.cat(gates, dim=-1)}


def _recurrent(law: str, replicas: int, width: int, generator: Generator) -> Tensor:
    w = torch.empty(replicas, width, width)
    if law == "orthogonal":
        for own in w:
            draw_orthogonal_(own, generator)
    elif law == "gaussian":
        w.normal_(0.0, 1 / math.sqrt(width), generator=generator)
    elif law == "identity":
        w.copy_(torch.eye(width).expand_as(w))
    elif law == "torch":
        w = _uniform(w, width, generator)
    else:
        raise ConfigError(f"no law {law!r} for W_hh; known: orthogonal, gaussian, identity, torch")
    return w


def _around(replicas: int, sizes: tuple[int, int, int, int], generator: Generator) -> Weights:
    """All but W_hh."""
    d, width, gates, k = sizes

    def normal(rows: int, columns: int) -> Tensor:
        w = torch.empty(replicas, rows, columns)
        return w.normal_(0.0, 1 / math.sqrt(rows), generator=generator)

    return {
        "w_xh": normal(d, gates),
        "b": torch.zeros(replicas, gates),
        "w_hy": normal(width, k),
        "b_y": torch.zeros(replicas, k),
    }


def _uniform(w: Tensor, width: int, generator: Generator) -> Tensor:
    bound = 1 / math.sqrt(width)
    return torch.empty_like(w).uniform_(-bound, bound, generator=generator)
