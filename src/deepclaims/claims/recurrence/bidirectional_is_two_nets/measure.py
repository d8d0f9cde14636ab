"""Two nets written by hand, one run backwards, beside torch's bidirectional layer."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from deepclaims.evidence.outcome import Outcome
from deepclaims.nn.against_torch import draw_weights, gradients, normal, random_sizes, relative
from deepclaims.nn.cells import LstmCell, RnnCell

KINDS: dict[str, tuple[type[nn.RNNBase], Any]] = {
    "rnn": (nn.RNN, RnnCell),
    "lstm": (nn.LSTM, LstmCell),
}
"""Torch's layer and the cell by hand."""


class TwoNets:
    """A causal net, an anticausal one, and their states side by side.

    Args:
        causal: reads from the first step to the last.
        anticausal: reads from the last step to the first.
    """

    def __init__(self, causal: RnnCell | LstmCell, anticausal: RnnCell | LstmCell) -> None:
        self.causal, self.anticausal = causal, anticausal

    @classmethod
    def of(cls, layer: nn.RNNBase, kind: str) -> TwoNets:
        """The two nets of a bidirectional torch layer: first one's weights, then the other's."""
        own, cell = KINDS[kind]
        weights = [each.detach() for each in layer.parameters()]
        cells = []
        for rows in (weights[:4], weights[4:]):
            one_way = own(layer.input_size, layer.hidden_size, batch_first=True).double()  # type: ignore[call-arg, arg-type]
            with torch.no_grad():
                for p, w in zip(one_way.parameters(), rows, strict=True):
                    p.copy_(w)
            cells.append(cell.of(one_way))
        return cls(*cells)

    def halves(self, x: Tensor, back: bool = True) -> list[Tensor]:
        """States (n, T, h) of both nets from 0; `back`: the anticausal ones in order of time."""
        forwards = states(self.causal, x)
        backwards = states(self.anticausal, x.flip(1))
        return [forwards, backwards.flip(1) if back else backwards]

    def __call__(self, x: Tensor) -> Tensor:
        """X (n, T, d) -> the states of both at each step, (n, T, 2h)."""
        return torch.cat(self.halves(x), dim=-1)


def states(cell: RnnCell | LstmCell, x: Tensor) -> Tensor:
    """All states of a net that starts from 0, (n, T, h)."""
    width = (cell.b_h if isinstance(cell, RnnCell) else cell.b["f"]).shape[0]
    zero = x.new_zeros(x.shape[0], width)
    return cell.unroll(x, zero) if isinstance(cell, RnnCell) else cell.unroll(x, zero, zero)[0]


def compare(config: dict[str, Any], seed: int) -> Outcome:
    """One bidirectional torch layer and the two nets of its weights.

    Args:
        config: `kind`, rnn or lstm; `steps` T.
        seed: of sizes, weights, inputs and the direction the gradient is taken in.

    Returns:
        Relative differences: of all outputs (`difference`) and of their gradients by the inputs
        (`gradient_difference`); with the anticausal states left in the order they were read in
        (`unreversed_difference`), with the halves exchanged (`exchanged_difference`), with two
        causal nets (`causal_difference`); in single precision (`difference_single`).
    """
    random = torch.Generator().manual_seed(seed)
    n, d, width, _ = random_sizes(random)
    layer = KINDS[config["kind"]][0](d, width, batch_first=True, bidirectional=True).double()  # type: ignore[call-arg, arg-type]
    draw_weights(layer, random)
    x = normal(random, n, int(config["steps"]), d).requires_grad_()
    direction = normal(random, n, int(config["steps"]), 2 * width)
    both = TwoNets.of(layer, config["kind"])
    made, library = both(x), layer(x)[0]
    found, known = (gradients(each, direction, [x]) for each in (made, library))
    with torch.no_grad():
        forwards, backwards = both.halves(x)
        wrong = {
            "unreversed": both.halves(x, back=False),
            "exchanged": [backwards, forwards],
            "causal": [forwards, states(both.anticausal, x)],
        }
        single = layer.float()(x.float())[0].double()
    return Outcome(
        {
            "difference": relative([made], [library]),
            "gradient_difference": relative(found, known),
            **{
                f"{name}_difference": relative([torch.cat(halves, dim=-1)], [library])
                for name, halves in wrong.items()
            },
            "difference_single": relative([single], [library]),
        }
    )


def reach(config: dict[str, Any], seed: int) -> Outcome:
    """What each half, and both together, know at a step in the middle of the inputs at every step.

    Args:
        config: `kind`, rnn or lstm; `units`, `steps` T, odd.
        seed: of weights and inputs.

    Returns:
        Metrics: the largest ‖∂h_t/∂x_s‖ on the side that a half must not see (`leak`), the smallest
        on the side that it must (`seen`), and the smallest of both together over all s (`both`).
    """
    random = torch.Generator().manual_seed(seed)
    steps, units = int(config["steps"]), int(config["units"])
    layer = KINDS[config["kind"]][0](1, units, batch_first=True, bidirectional=True).double()  # type: ignore[call-arg, arg-type]
    draw_weights(layer, random)
    x = normal(random, 1, steps, 1).requires_grad_()
    halves = TwoNets.of(layer, config["kind"]).halves(x)
    t = steps // 2
    causal, anticausal = (_influence(each[0, t], x) for each in halves)
    return Outcome(
        {
            "leak": float(torch.cat([causal[t + 1 :], anticausal[:t]]).max()),
            "seen": float(torch.cat([causal[: t + 1], anticausal[t:]]).min()),
            "both": float((causal + anticausal).min()),
        }
    )


def deep(config: dict[str, Any], seed: int) -> Outcome:
    """Two layers: torch joins the two directions at each layer, the slide at the end.

    Args:
        config: `kind`, rnn or lstm; `steps` T.
        seed: of sizes, weights and inputs.

    Returns:
        Metrics: relative difference from torch's two-layer bidirectional net of two nets joined at
        each layer (`joined_at_each`); the part of that net's output half that goes forwards which
        depends on the future, largest ‖∂h_t/∂x_s‖, s > t (`future_in_the_causal_half`).
    """
    random = torch.Generator().manual_seed(seed)
    n, d, width, _ = random_sizes(random)
    own = KINDS[config["kind"]][0]
    layer = own(d, width, num_layers=2, batch_first=True, bidirectional=True).double()  # type: ignore[call-arg, arg-type]
    draw_weights(layer, random)
    x = normal(random, n, int(config["steps"]), d).requires_grad_()
    weights = [each.detach() for each in layer.parameters()]
    h = x
    for inputs, rows in ((d, weights[:8]), (2 * width, weights[8:])):
        one = own(inputs, width, batch_first=True, bidirectional=True).double()  # type: ignore[call-arg, arg-type]
        with torch.no_grad():
            for p, w in zip(one.parameters(), rows, strict=True):
                p.copy_(w)
        h = TwoNets.of(one, config["kind"])(h)
    library = layer(x)[0]
    future = _influence(library[0, 0, :width], x)[1:]
    return Outcome(
        {
            "joined_at_each": relative([h], [library]),
            "future_in_the_causal_half": float(future.max()),
        }
    )


def _influence(h: Tensor, x: Tensor) -> Tensor:
    """‖∂h/∂x_s‖ of a state (h,) by the inputs of sample 0 at each step s, (T,)."""
    rows = [torch.autograd.grad(unit, x, retain_graph=True)[0][0] for unit in h]
    return torch.stack(rows).square().sum((0, 2)).sqrt()
