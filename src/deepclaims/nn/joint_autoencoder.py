"""Classifier and autoencoder trained at once (L1 "Regularizador: Opción 3")."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from deepclaims.errors import ConfigError
from deepclaims.nn.autoencoder import Autoencoder
from deepclaims.nn.coder import Coder
from deepclaims.nn.interface import Interface
from deepclaims.nn.unit_noise import UnitNoise


class JointAutoencoder(nn.Module):
    """x -> u -> x̂, and u -> answers.

    Args:
        autoencoder: of the input.
        classifier: reads the code u.
    """

    def __init__(self, autoencoder: Autoencoder, classifier: nn.Module) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.classifier = classifier

    def forward(self, x: Tensor) -> Tensor:
        """(n, …) -> (n, answers), and in training the residuals x̂ − x in columns after them."""
        u = self.autoencoder.encode(x)
        answers = self.classifier(u)
        if not self.training:
            return answers
        return torch.cat([answers, self.autoencoder.decode(u) - x.flatten(1)], dim=1)

    @property
    def fork(self) -> tuple[nn.Module, nn.Module, nn.Module]:
        """What makes the code, what answers from it, and what decodes it: all there is to it."""
        return self.autoencoder.encode, self.classifier, self.autoencoder.decode


def join(
    coder: Coder, interface: Interface, classifier: Callable[[Interface], nn.Module]
) -> JointAutoencoder:
    """A classifier of codes with the autoencoder that makes them.

    Args:
        coder: the autoencoder.
        interface: of the data.
        classifier: makes the network that reads the codes.

    Raises:
        ConfigError: data with several inputs, or with an answer for each step.
    """
    if len(interface.inputs) != 1 or interface.per_step:
        raise ConfigError(
            "regularizer.autoencoder needs data with one input and one answer for each sample; "
            f"these have inputs of shape {interface.inputs}"
            + (" and an answer for each step" if interface.per_step else "")
        )
    hidden = [coder.width] * coder.depth
    before = Autoencoder(interface.features, coder.code, hidden, "relu", UnitNoise())
    return JointAutoencoder(before, classifier(Interface(((coder.code,),), interface.outputs)))
