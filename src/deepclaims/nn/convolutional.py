"""A small convolutional net to compare its parts with (L1 "Redes Convolucionales")."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from deepclaims.errors import ConfigError
from deepclaims.nn.activations import Activation
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import UnitNoise

POOLS = ("max", "average", "stride", "none")
HEADS = ("flatten", "global_max", "global_average")
PADDINGS = ("valid", "same", "full")

SIGNAL = 3
"""Dimensions of a batch of signals, (n, channels, samples)."""


class GlobalPool(nn.Module):
    """Each channel to one number, whatever its size: its maximum or its mean.

    Args:
        kind: global_max or global_average.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, h: Tensor) -> Tensor:
        """(n, channels, …) -> (n, channels)."""
        flat = h.flatten(2)
        return flat.amax(-1) if self.kind == "global_max" else flat.mean(-1)


class MaxPool(nn.MaxPool2d):
    """Maxima over 2 pixels along some axes, several times faster where no slope is asked for.

    Args:
        sides: 1 or 2 along each of both axes.
    """

    def __init__(self, sides: tuple[int, int]) -> None:
        super().__init__(sides)
        self.axes = [axis for axis, side in zip((2, 3), sides, strict=True) if side > 1]

    def forward(self, h: Tensor) -> Tensor:
        """(n, channels, height, width) -> (n, channels, …)."""
        if torch.is_grad_enabled() or h.device.type != "cpu":
            return super().forward(h)
        for axis in self.axes:  # without their places, which torch's keeps: maxima of maxima
            pairs = h.narrow(axis, 0, h.shape[axis] // 2 * 2).unflatten(axis, (-1, 2))
            h = torch.maximum(*pairs.unbind(axis + 1))
        return h


def linear_of_maps(maps: Tensor, W: Tensor, b: Tensor) -> Tensor:
    """W · flatten(maps) + b, summed pixel by pixel: so maps lie in memory, and W is smaller.

    Args:
        maps: (n, channels, height, width).
        W: (outputs, channels · height · width).
        b: (outputs,).
    """
    by_pixel = W.unflatten(1, maps.shape[1:]).permute(0, 2, 3, 1).flatten(1)
    return F.linear(maps.permute(0, 2, 3, 1).flatten(1), by_pixel, b)


class ConvNet(nn.Module):
    """Blocks of convolution, activation and pooling; then a head, then a linear layer.

    Args:
        features: the blocks, (n, channels, height, width) -> (n, filters, …); a signal is an
            image one row high, which oneDNN convolves in half the time of a signal.
        head: (n, filters, …) -> (n, numbers).
        answer: (n, numbers) -> (n, outputs).
    """

    def __init__(self, features: nn.Sequential, head: nn.Module, answer: nn.Sequential) -> None:
        super().__init__()
        self.features, self.head, self.answer = features, head, answer

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, …) -> (n, outputs); with a global head, of any size."""
        images = x.unsqueeze(2) if x.dim() == SIGNAL else x
        maps = self.features(images)
        if isinstance(self.head, nn.Flatten):
            noise, linear = self.answer
            if isinstance(linear, nn.Linear) and noise.silent:
                return linear_of_maps(maps, linear.weight, linear.bias)
        return self.answer(self.head(maps))


def convnet(
    interface: Interface,
    noise: UnitNoise,
    *,
    channels: Sequence[int] = (8, 16),
    kernel: int = 3,
    padding: str = "valid",
    pool: str = "max",
    head: str = "flatten",
    activation: str = "relu",
) -> ConvNet:
    """The net for images (channels, height, width) or signals (channels, samples).

    Args:
        interface: of the data.
        noise: on the inputs, and before the linear layer.
        channels: filters of each block.
        kernel: side of the filters; odd for `padding` same.
        padding: valid 0, same (kernel − 1)/2, full kernel − 1 (L1 "Padding").
        pool: what halves each block's output: max or average over 2 (2×2), stride (no pooling, the
            filter moves by 2: as many parameters), or none (nothing does).
        head: flatten, or one number a channel: global_max, global_average (L1 "Global Pooling").
        activation: g.

    Raises:
        ConfigError: an unknown choice, an even filter for same, or data too small or of another
            kind.
    """
    _require("pool", pool, POOLS)
    _require("head", head, HEADS)
    _require("padding", padding, PADDINGS)
    if padding == "same" and kernel % 2 == 0:
        raise ConfigError(f"model.kernel={kernel}: there is no same padding for an even filter")
    shape = _shape(interface)
    image, sides = ((shape[0], 1, shape[1]), _across) if len(shape) == 2 else (shape, _square)
    zeros = {"valid": 0, "same": (kernel - 1) // 2, "full": kernel - 1}[padding]
    step = sides(2, 1) if pool == "stride" else 1
    layers: list[nn.Module] = [noise.on_inputs()]
    for d_in, d_out in zip((shape[0], *channels), channels, strict=False):
        convolution = nn.Conv2d(d_in, d_out, sides(kernel, 1), step, sides(zeros, 0))
        after = [_activation(activation), *_pooling(pool, sides(2, 1))]
        # The larger of two numbers is so after ReLU too, bit for bit: of a quarter of them.
        layers += [convolution, *(after[::-1] if (pool, activation) == ("max", "relu") else after)]
    features = nn.Sequential(*layers)
    collect = nn.Flatten() if head == "flatten" else GlobalPool(head)
    numbers = _numbers(features, collect, image)
    answer = nn.Sequential(noise.on_hidden(), nn.Linear(numbers, interface.outputs))
    net = ConvNet(features, collect, answer)
    return net.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return]


def causal_convolutions(
    taps: int, dilations: Sequence[int], channels: tuple[int, int], generator: Generator
) -> nn.Sequential:
    """Fresh causal ReLU convolutions in float64: as many steps come out as go in.

    Args:
        taps: k of every layer.
        dilations: δ_l, one a layer.
        channels: that come in, and of every layer.
        generator: draws He's weights; biases are 0.
    """
    layers: list[nn.Module] = []
    inputs, width = channels
    for dilation in dilations:
        layer = nn.Conv1d(inputs, width, taps, dilation=dilation, dtype=torch.float64)
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
        nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
        layers += [nn.ConstantPad1d(((taps - 1) * dilation, 0), 0.0), layer, nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers)


def _square(size: int, _: int) -> tuple[int, int]:
    """Height and width of what acts on images."""
    return size, size


def _across(size: int, nothing: int) -> tuple[int, int]:
    """Height and width of what acts along a signal and does nothing across it."""
    return nothing, size


def _require(key: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"model.{key}={value} is not possible; it may be {', '.join(choices)}")


def _shape(interface: Interface) -> tuple[int, ...]:
    """(channels, …) of the only input."""
    if len(interface.inputs) != 1 or len(interface.inputs[0]) not in (2, 3) or interface.per_step:
        raise ConfigError(
            "model=convnet reads images (channels, height, width) or signals (channels, samples); "
            f"these data have inputs of shape {interface.inputs}"
        )
    return interface.inputs[0]


def _activation(name: str) -> nn.Module:
    # In place: neither a convolution nor pooling needs what it gave to know its slope.
    return nn.ReLU(inplace=True) if name == "relu" else Activation(name)


def _pooling(pool: str, sides: tuple[int, int]) -> list[nn.Module]:
    match pool:
        case "max":
            return [MaxPool(sides)]
        case "average":
            return [nn.AvgPool2d(sides)]
    return []


def _numbers(features: nn.Module, head: nn.Module, shape: tuple[int, ...]) -> int:
    """What the head makes of one sample."""
    try:
        with torch.no_grad():
            return int(head(features(torch.zeros(1, *shape))).shape[1])
    except RuntimeError:
        raise ConfigError(f"model=convnet: inputs of shape {shape} are too small for it") from None
