"""LeNet as in L1 "¿Como chequear si entendí CNN? Ej. Lenet" (after LeCun et al. 1998)."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from deepclaims.nn.activations import Activation
from deepclaims.nn.averaged_convolution import averaged_convolution
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import UnitNoise

FEW = 128
"""Images whose maps fit the cache of a core, when nothing is kept of them."""


class LeNet(nn.Module):
    """Conv 3x3x6, average pool 2, conv 3x3x16, average pool 2, dense 120, 84, outputs.

    On 28x28 images the five layers have 60, 880, 48 120, 10 164 and 850 parameters. The softmax
    of the slide is in the loss. ReLU between, dropout (if any) on the inputs and the dense layers.

    Args:
        interface: images (channels, height, width).
        noise: on its units.
        activation: g; the slide's is ReLU.
    """

    def __init__(self, interface: Interface, noise: UnitNoise, activation: str) -> None:
        super().__init__()
        channels, height, width = interface.image("lenet")
        rows, columns = (_after_two_blocks(side) for side in (height, width))
        self.convolutions = nn.Sequential(
            noise.on_inputs(),
            nn.Conv2d(channels, 6, 3),
            Activation(activation),
            nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 3),
            Activation(activation),
            nn.AvgPool2d(2),
        )
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Linear(16 * rows * columns, 120),
            Activation(activation),
            noise.on_hidden(),
            nn.Linear(120, 84),
            Activation(activation),
            noise.on_hidden(),
            nn.Linear(84, interface.outputs),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(n, channels, height, width) -> (n, outputs)."""
        if self._is_plain() and x.device.type == "cpu" and not torch.is_autocast_enabled("cpu"):
            few = len(x) if torch.is_grad_enabled() else FEW
            return self.dense(torch.cat([self._at_once(part) for part in x.split(few)]))
        return self.dense(self.convolutions(x))

    def _is_plain(self) -> bool:
        """Whether the layers are those of one net, and g is ReLU."""
        _, convolution, activation, *_ = self.convolutions
        return isinstance(convolution, nn.Conv2d) and activation.function is torch.relu

    def _at_once(self, x: Tensor) -> Tensor:
        """What `convolutions` makes of images, each block at once: (n, …) -> (n, numbers)."""
        h = self.convolutions[0](x).permute(1, 2, 3, 0).contiguous()
        for layer in self.convolutions:
            if isinstance(layer, nn.Conv2d):
                h = averaged_convolution(h, layer.weight, cast(Tensor, layer.bias))
        return h.flatten(0, 2).T


def lenet(interface: Interface, noise: UnitNoise, *, activation: str = "relu") -> LeNet:
    """LeNet for the images of `interface`."""
    return LeNet(interface, noise, activation)


def _after_two_blocks(side: int) -> int:
    # A 3x3 filter takes two pixels off, a 2x2 pool halves and drops the odd one.
    return ((side - 2) // 2 - 2) // 2
