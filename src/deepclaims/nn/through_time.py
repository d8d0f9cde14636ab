"""Stacks of recurrences run and differentiated by hand, for nets so small that calls are the cost.

A step is one product: its state, its inputs and a 1 lie below each other in a column, as do W_hh,
W_xh and b in a matrix. On the way back the formulas of backpropagation through time are written
out, with their results in place, and autograd keeps one node for a whole sequence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from deepclaims.nn.differentiated import DIFFERENTIATED

_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input

States = tuple[Tensor, Tensor]
"""Those of all steps, (steps, R, width, n), and the last one again, (R, width, n): samples last.

What needs the last alone is to take it from there: no gradient of the others goes back then."""


def plain(x: Tensor, w_xh: Tensor, b: Tensor, w_hh: Tensor, activation: str) -> States:
    """States h_t = g(W_xh x_t + W_hh h_{t−1} + b) of R nets from h_0 = 0.

    Args:
        x: (R, steps, n, d).
        w_xh: (R, d, width).
        b: (R, width).
        w_hh: (R, width, width).
        activation: a name of `DIFFERENTIATED`, but square.
    """
    return cast(States, _Plain.apply(x, w_xh, b, w_hh, activation))


def gated(x: Tensor, w_xh: Tensor, b: Tensor, w_hh: Tensor, function: str = "tanh") -> States:
    """States h_t = o ⊙ g(c_t), c_t = f ⊙ c_{t−1} + i ⊙ c̃, of R nets from h_0 = c_0 = 0.

    As `plain`, but that the matrices have 4·width columns: of f, i, o and c̃ = g(…), where g, the
    `function`, is any of `DIFFERENTIATED`.
    """
    return cast(States, _Gated.apply(x, w_xh, b, w_hh, function, torch.is_grad_enabled()))


def of_layer(layer: nn.RNN, x: Tensor) -> Tensor:
    """States (n, steps, width), both ways' side by side, as torch's one-level `layer` gives them.

    Args:
        layer: its weights.
        x: (n, steps, d), on a CPU, where torch takes each step of each way for itself.
    """
    ways = ["l0", "l0_reverse"] if layer.bidirectional else ["l0"]
    w_xh, w_hh = (
        torch.stack([layer.get_parameter(f"weight_{kind}_{way}").T for way in ways])
        for kind in ("ih", "hh")
    )
    b = torch.stack([layer.get_parameter(f"bias_ih_{way}") + layer.get_parameter(f"bias_hh_{way}")
                     for way in ways])  # fmt: skip
    read = torch.stack([x, x.flip(1)][: len(ways)]).transpose(1, 2)
    forwards, *backwards = plain(read, w_xh, b, w_hh, layer.nonlinearity)[0].unbind(1)
    return torch.cat([forwards, *(own.flip(0) for own in backwards)], dim=1).permute(2, 0, 1)


class _Plain(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, w_xh: Tensor, b: Tensor, w_hh: Tensor, activation: str
    ) -> States:
        width = w_hh.shape[1]
        columns, w = _columns(x, width), _matrix(w_hh, w_xh, b)
        rows, g = w.mT.contiguous(), DIFFERENTIATED[activation]
        states = columns[1:, :, :width]
        z = torch.empty_like(states[0])
        for before, h in zip(columns[:-1].unbind(), states.unbind(), strict=True):
            torch.bmm(rows, before, out=z)
            g.into(z, h)
        ctx.save_for_backward(columns, w)
        ctx.set_materialize_grads(False)
        ctx.activation = activation
        return states, states[-1].clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        columns, w = ctx.saved_tensors
        width, g = w.shape[2], DIFFERENTIATED[ctx.activation]
        way = _WayBack(columns, w, width, asks_for_inputs=ctx.needs_input_grad[0])
        dh, dz = way.dh, torch.empty_like(way.dh)
        states = columns[1:, :, :width]
        for h, above in _backwards(states.unbind(), _above(gradients, len(states))):
            if above is not None:
                dh += above
            g.back(dh, h, h, dz)
            way.step(dz)
        return *way.gradients(), None


class _Gated(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, w_xh: Tensor, b: Tensor, w_hh: Tensor, function: str, learns: bool
    ) -> States:
        replicas, steps, n, _ = x.shape
        width, g = w_hh.shape[1], DIFFERENTIATED[function]
        columns, w = _columns(x, width), _matrix(w_hh, w_xh, b)
        rows, states = w.mT.contiguous(), columns[1:, :, :width]

        def room(kept: int, units: int) -> Tensor:
            """For each step; where nothing is learnt all have the same, c_t instead of c_{t−1}."""
            return x.new_empty(kept if learns else 1, replicas, units, n).expand(kept, -1, -1, -1)

        gates, cells, squashed = room(steps, 4 * width), room(steps + 1, width), room(steps, width)
        cells[0] = 0.0
        opened, entered = gates.split([3 * width, width], dim=2)
        candidates = room(steps, width) if g.needs_z else entered
        for before, z, opens, enters, candidate, (f, i, o), c, after, flat, h in zip(
            columns[:-1].unbind(), gates.unbind(), opened.unbind(), entered.unbind(),
            candidates.unbind(), _gates(opened), cells[:-1].unbind(), cells[1:].unbind(),
            squashed.unbind(), states.unbind(), strict=True
        ):  # fmt: skip
            torch.bmm(rows, before, out=z)
            opens.sigmoid_()
            g.into(enters, candidate)
            torch.mul(f, c, out=after).addcmul_(i, candidate)
            g.into(after, flat)
            torch.mul(o, flat, out=h)
        ctx.save_for_backward(columns, w, *((gates, candidates, cells, squashed) if learns else ()))
        ctx.set_materialize_grads(False)
        ctx.function = function
        return states, states[-1].clone()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        columns, w, gates, candidates, cells, squashed = ctx.saved_tensors
        width, g = cells.shape[2], DIFFERENTIATED[ctx.function]
        opened, entered = gates.split([3 * width, width], dim=2)
        way = _WayBack(columns, w, width, asks_for_inputs=ctx.needs_input_grad[0])
        dh, dz = way.dh, torch.empty_like(gates[0])
        dc, through = torch.zeros_like(dh), torch.empty_like(dh)
        into_opened, into_candidate = dz.split([3 * width, width], dim=1)
        df, di, do = into_opened.chunk(3, dim=1)
        steps = [opened.unbind(), entered.unbind(), candidates.unbind(), _gates(opened),
                 cells[:-1].unbind(), cells[1:].unbind(), squashed.unbind(),
                 _above(gradients, len(gates))]  # fmt: skip
        for opens, enters, candidate, (f, i, o), c, after, flat, above in _backwards(*steps):
            if above is not None:
                dh += above
            torch.mul(dh, flat, out=do)
            torch.mul(dh, o, out=through)
            g.back(through, after, flat, through)
            dc += through
            torch.mul(dc, c, out=df)
            torch.mul(dc, candidate, out=di)
            torch.mul(dc, i, out=into_candidate)
            dc *= f
            _sigmoid_backward(into_opened, opens, grad_input=into_opened)
            g.back(into_candidate, enters, candidate, into_candidate)
            way.step(dz)
        return *way.gradients(), None, None


def _columns(x: Tensor, width: int) -> Tensor:
    """Room for h_{t−1}, with x_t and 1 below it, of t = 1 … steps + 1: (steps + 1, R, rows, n)."""
    replicas, steps, n, d = x.shape
    columns = x.new_empty(steps + 1, replicas, width + d + 1, n)
    columns[0, :, :width] = 0.0
    columns[:-1, :, width:-1] = x.permute(1, 0, 3, 2)
    columns[:, :, -1] = 1.0
    return columns


def _matrix(w_hh: Tensor, w_xh: Tensor, b: Tensor) -> Tensor:
    """W_hh, W_xh and b below each other: (R, width + d + 1, G)."""
    return torch.cat([w_hh, w_xh, b[:, None]], dim=1)


def _gates(opened: Tensor) -> list[tuple[Tensor, ...]]:
    """f, i and o of each step, from all of them (steps, R, 3·width, n)."""
    return [*zip(*(gate.unbind() for gate in opened.chunk(3, dim=2)), strict=True)]


def _backwards(*each: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """What belongs to each step, the last step first."""
    return zip(*(reversed(own) for own in each), strict=True)


def _above(gradients: Sequence[Tensor | None], steps: int) -> list[Tensor | None]:
    """∂/∂h_t of what was made of each state, and of the last one; None where nothing was."""
    states, last = gradients
    found: list[Tensor | None] = [None] * steps if states is None else [*states.unbind()]
    if last is not None:
        found[-1] = last if found[-1] is None else found[-1] + last
    return found


class _WayBack:
    """From the last step to the first: what goes to the step before, and what adds up.

    Args:
        columns: see `_columns`.
        w: see `_matrix`.
        width: of the state.
        asks_for_inputs: whether the inputs' gradient is wanted.

    Attributes:
        dh: ∂/∂h_t from the step after it.
    """

    def __init__(self, columns: Tensor, w: Tensor, width: int, *, asks_for_inputs: bool) -> None:
        self.before = iter(reversed(columns[:-1].unbind()))
        self.recurrent, self.inputs = w[:, :width], w[:, width:-1]
        self.dh = torch.zeros_like(columns[0, :, :width])
        self.total = torch.zeros_like(w)
        self.dz: list[Tensor] | None = [] if asks_for_inputs else None

    def step(self, dz: Tensor) -> None:
        """Take ∂/∂z_t, z = W_hh h + W_xh x + b, (R, G, n) where it came from."""
        self.total.baddbmm_(next(self.before), dz.mT)
        torch.bmm(self.recurrent, dz, out=self.dh)
        if self.dz is not None:
            self.dz.append(dz.clone())

    def gradients(self) -> tuple[Tensor | None, Tensor, Tensor, Tensor]:
        """Of x, W_xh, b and W_hh."""
        width, d = self.recurrent.shape[1], self.inputs.shape[1]
        w_hh, w_xh, b = self.total.split([width, d, 1], dim=1)
        return self._of_inputs(), w_xh, b[:, 0], w_hh

    def _of_inputs(self) -> Tensor | None:
        """(R, steps, n, d): of all steps in one product."""
        if self.dz is None:
            return None
        dx = self.inputs @ torch.cat(self.dz[::-1], dim=2)
        return dx.unflatten(2, (len(self.dz), -1)).permute(0, 2, 3, 1)
