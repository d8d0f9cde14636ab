"""Networks by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Generator, nn

from deepclaims.groups import Table
from deepclaims.nn.autoencoder import autoencoder
from deepclaims.nn.beatnet import beatnet
from deepclaims.nn.budgeted import budgeted_perceptron
from deepclaims.nn.coder import Coder
from deepclaims.nn.convolutional import convnet
from deepclaims.nn.initialisation import initialise
from deepclaims.nn.interface import Interface
from deepclaims.nn.joint_autoencoder import join
from deepclaims.nn.lenet import lenet
from deepclaims.nn.perceptron import perceptron
from deepclaims.nn.recurrent import lstm, rnn
from deepclaims.nn.unit_noise import UnitNoise

MODELS: Table[Callable[..., nn.Module]] = Table(
    "model",
    {
        "mlp": perceptron,
        "budgeted_mlp": budgeted_perceptron,
        "lenet": lenet,
        "convnet": convnet,
        "rnn": rnn,
        "lstm": lstm,
        "autoencoder": autoencoder,
        "beatnet": beatnet,
    },
)
"""Builders by the name they have in `conf/model/`; their keyword arguments are the options."""


JOINED: Table[Callable[..., nn.Module]] = Table("regularizer.autoencoder", {"joint": join})
"""What puts a network and an autoencoder together that are trained at once."""

NO_CODER = Coder()


def build_model(
    model: Mapping[str, Any],
    init: Mapping[str, Any],
    interface: Interface,
    noise: UnitNoise,
    generator: Generator,
    coder: Coder = NO_CODER,
) -> nn.Module:
    """A network with freshly drawn weights.

    Args:
        model: the `model` group, e.g. `{"name": "mlp", "depth": 2, "width": 128}`.
        init: the `init` group, e.g. `{"name": "he"}`.
        interface: what comes in and what must come out.
        noise: on its units.
        generator: draws the weights, and nothing else does.
        coder: an autoencoder that is trained with the network, if there is one.

    Raises:
        ConfigError: an unknown name or option, or data the network cannot read.
    """

    def classifier(read: Interface) -> nn.Module:
        return MODELS.choose(model, read, noise)

    if coder.option in JOINED:
        network = JOINED.named({"name": coder.option})(coder, interface, classifier)
    else:
        network = classifier(interface)
    initialise(network, init, generator)
    return network


def count_parameters(model: nn.Module) -> int:
    """Trainable numbers in `model`."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
