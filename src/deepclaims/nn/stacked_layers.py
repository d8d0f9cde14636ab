"""Layers of many networks of one shape: parameters (R, …), replicas folded into the batch.

What flows has shape (R·n, …), replica r in rows r·n to (r + 1)·n.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise

ALIGNMENT = 16
"""Numbers in a line of the cache. The parameters and the samples of every replica start at one:
where a matrix begins may decide the order in which its products are summed, and a replica's bits
are not to depend on its place in the stack."""


DIRECTLY_FROM = 2**14
"""Numbers of a matrix from which on its gradient is written where it belongs: smaller ones are
multiplied faster into tensors that lie densely, and copied."""


class Room:
    """Where the gradient of a parameter is to be written, lent once on every way back.

    Args:
        place: in the stack's gradient, in the shape of the parameter.
    """

    def __init__(self, place: Tensor) -> None:
        self.place, self.lent = place, False

    def lend(self) -> Tensor | None:
        """The place, or None to the second who asks: autograd adds what both have."""
        lent, self.lent = self.lent, True
        return None if lent else self.place

    def settle(self, gradient: Tensor) -> None:
        """Make sure that the gradient is there, and that the place may be lent again."""
        self.lent = False
        if gradient.data_ptr() != self.place.data_ptr():
            self.place.copy_(gradient)


class StackedLinear(nn.Module):
    """R dense layers: z = W x + b with W (R, d_out, d_in) and b (R, d_out).

    Attributes:
        rooms: of W's gradient and of b's, where there are any.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, layer: nn.Linear, replicas: int) -> None:
        super().__init__()
        _take_parameters(self, layer, replicas)
        self.rooms: tuple[Room | None, Room | None] = (None, None)

    def forward(self, x: Tensor) -> Tensor:
        """(R·n, …, d_in) -> (R·n, …, d_out)."""
        rows = x.reshape(len(self.weight), -1, x.shape[-1])
        z = cast(Tensor, _Affine.apply(rows, self.weight, self.bias, *self.rooms))
        return z.view(*x.shape[:-1], z.shape[-1])


class StackedConvolution(nn.Module):
    """R convolutions over images, or over sequences as images one row high.

    One grouped convolution on a GPU; one after another on a CPU, where that is faster by half.
    """

    weight: Tensor
    bias: Tensor

    def __init__(self, layer: nn.Conv2d, replicas: int) -> None:
        super().__init__()
        _take_parameters(self, layer, replicas)
        self.convolve = partial(F.conv2d, stride=layer.stride, padding=layer.padding)

    def forward(self, x: Tensor) -> Tensor:
        """(R·n, channels, …) -> (R·n, filters, …)."""
        replicas = len(self.weight)
        if x.device.type == "cpu":
            each = zip(x.chunk(replicas), self.weight, self.bias, strict=True)
            return torch.cat([self.convolve(own, w, b) for own, w, b in each])
        # (R·n, c, …) -> (n, R·c, …): the replicas are groups of channels.
        side_by_side = x.unflatten(0, (replicas, -1)).transpose(0, 1).flatten(1, 2)
        filters, biases = self.weight.flatten(0, 1), self.bias.flatten()
        z = self.convolve(side_by_side, filters, biases, groups=replicas)
        return z.unflatten(1, (replicas, -1)).transpose(0, 1).flatten(0, 1)


class StackedRecurrence(nn.Module):
    """R recurrent nets, LSTM or plain, written out step by step; samples first."""

    weight_ih_l0: Tensor

    def __init__(self, layer: nn.RNNBase, replicas: int) -> None:
        super().__init__()
        _take_parameters(self, layer, replicas)
        self.hidden_size, self.layers = layer.hidden_size, layer.num_layers
        self.bidirectional = layer.bidirectional
        self.step = _STEPS[layer.mode]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor | tuple[Tensor, Tensor]]:
        """(R·n, steps, d) -> states (R·n, steps, h) and the last (layers, R·n, h), as torch's."""
        replicas = len(self.weight_ih_l0)
        last: list[tuple[Tensor, ...]] = []
        for layer in range(self.layers):
            directions = []
            for way in ("", "_reverse") if self.bidirectional else ("",):
                states, end = self._read(x, replicas, f"l{layer}{way}")
                directions.append(states)
                last.append(end)
            # (steps, R·n, h) on the inside, like torch's: dropout draws in that order.
            x = torch.cat(directions, dim=-1).transpose(0, 1)
        ends = tuple(torch.stack(own) for own in zip(*last, strict=True))
        return x, (ends[0], ends[1]) if len(ends) == 2 else ends[0]

    def _read(self, x: Tensor, replicas: int, name: str) -> tuple[Tensor, tuple[Tensor, ...]]:
        kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        w_ih, w_hh, b_ih, b_hh = (getattr(self, f"{kind}_{name}") for kind in kinds)
        n, steps = len(x) // replicas, x.shape[1]
        rows = x.reshape(replicas, n * steps, -1)
        outputs = w_ih.shape[1]
        w_ih, bias = _lengthened(w_ih, b_ih + b_hh, -outputs % ALIGNMENT)
        w_hh, _ = _lengthened(w_hh, bias, -outputs % ALIGNMENT)
        z = torch.baddbmm(bias[:, None], rows, w_ih.mT).view(replicas, n, steps, -1)
        state = tuple(z.new_zeros(replicas, n, self.hidden_size) for _ in range(self.step.kept))
        states: list[Tensor] = []
        order = range(steps)[::-1] if name.endswith("_reverse") else range(steps)
        for t in order:
            reached = torch.baddbmm(z[:, :, t], state[0], w_hh.mT)[..., :outputs]
            state = self.step(reached, state)
            states.append(state[0])
        if name.endswith("_reverse"):
            states.reverse()
        return torch.stack(states).flatten(1, 2), tuple(own.flatten(0, 1) for own in state)


class _Step:
    """What becomes of the state, given z = W_ih x + W_hh h + b: `kept` tensors, h first."""

    def __init__(self, kept: int, function: Callable[..., tuple[Tensor, ...]]) -> None:
        self.kept, self.function = kept, function

    def __call__(self, z: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return self.function(z, state)


def _lstm(z: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    i, f, g, o = z.chunk(4, dim=-1)
    c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


_STEPS = {
    "LSTM": _Step(2, _lstm),
    "RNN_TANH": _Step(1, lambda z, state: (z.tanh(),)),
    "RNN_RELU": _Step(1, lambda z, state: (z.relu(),)),
}


class StackedNoisyUnits(nn.Module):
    """`NoisyUnits` whose replicas have each their numbers and their own random numbers.

    Attributes:
        on_inputs: as the layer's.
        noises: of each replica; one whose units are left alone draws nothing, as alone.
        generators: of each replica.
        samples: of each replica; rows beyond them are padding, for which nothing is drawn.
    """

    def __init__(self, layer: NoisyUnits, replicas: int) -> None:
        super().__init__()
        self.on_inputs = layer.on_inputs
        self.generators: Sequence[Generator] = []
        self.samples: int | None = None
        self.hear([UnitNoise(layer.p_keep, layer.p_keep, layer.sigma)] * replicas)

    def hear(self, noises: Sequence[UnitNoise]) -> None:
        """Take the numbers of each replica."""
        self.p_keep = [own.p_keep_input if self.on_inputs else own.p_keep for own in noises]
        self.sigma = [0.0 if self.on_inputs else own.sigma for own in noises]

    def forward(self, h: Tensor) -> Tensor:
        """Any shape in, the same shape out."""
        mask, addend = self.drawn(h)
        if mask is not None:
            h = h * mask
        return h if addend is None else h + addend

    def drawn(self, h: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """What `h` is multiplied by, and what is added to it then; None for nothing."""
        if not self.training:
            return None, None
        # Of each replica η before ε, as it draws them alone. Where none is drawn, zeros keep all.
        mask = addend = None
        if min(self.p_keep) < 1:
            mask, eta, p = self._drawn(h, self.p_keep, 1.0, Tensor.uniform_)
            eta.lt_(p).div_(p)  # see `keep_each`
        if max(self.sigma) > 0:
            addend, epsilon, sigma = self._drawn(h, self.sigma, 0.0, Tensor.normal_)
            epsilon.mul_(sigma)
        return mask, addend

    def _drawn(
        self, h: Tensor, numbers: Sequence[float], neutral: float, fill: Callable[..., Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """What each replica draws for its samples, zeros of one whose number is `neutral`.

        Returns:
            It in the shape of `h`; the same memory replica by replica, (R, n, …); the numbers as a
            column beside that.
        """
        drawn = torch.zeros_like(h)
        each = drawn.unflatten(0, (len(numbers), -1))
        for own, number, generator in zip(each, numbers, self.generators, strict=True):
            if number != neutral:
                fill(own[: self.samples], generator=generator)
        return drawn, each, h.new_tensor(numbers).view(-1, *[1] * (each.ndim - 1))


def _take_parameters(module: nn.Module, layer: nn.Module, replicas: int) -> None:
    for name, p in layer.named_parameters(recurse=False):
        module.register_parameter(name, nn.Parameter(p.new_empty(replicas, *p.shape)))


class _Affine(torch.autograd.Function):
    """z = W x + b of every replica, with ∂W laid out as W, and as rows of θ are.

    Autograd would lay it out as Wᵀ, and every number be copied to where θ has it.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, w: Tensor, b: Tensor, room_w: Room | None, room_b: Room | None
    ) -> Tensor:
        ctx.save_for_backward(x, w)
        ctx.rooms = room_w, room_b
        return torch.baddbmm(b[:, None], x, w.mT)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, g: Tensor) -> tuple[Tensor | None, ...]:
        x, w = ctx.saved_tensors
        before = torch.bmm(g, w) if ctx.needs_input_grad[0] else None
        room_w, room_b = ctx.rooms
        w_slope = room_w.lend() if room_w and w[0].numel() >= DIRECTLY_FROM else None
        b_slope = room_b and room_b.lend()
        w_slope = torch.bmm(g.mT, x, out=aligned(w) if w_slope is None else w_slope)
        b_slope = g.sum(1) if b_slope is None else torch.sum(g, 1, out=b_slope)
        return before, w_slope, b_slope, None, None


def aligned(w: Tensor) -> Tensor:
    """Room for as many numbers, where those of each replica begin at a line of the cache."""
    size = w[0].numel()
    return w.new_empty(len(w), size + -size % ALIGNMENT)[:, :size].view(w.shape)


def _lengthened(w: Tensor, b: Tensor, outputs: int) -> tuple[Tensor, Tensor]:
    """W and b with so many outputs more."""
    return (F.pad(w, (0, 0, 0, outputs)), F.pad(b, (0, outputs))) if outputs else (w, b)
