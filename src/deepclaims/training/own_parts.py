"""Network, optimiser and schedule of a training, be each the package's or somebody's own.

A group with a `name` is looked up in the package's tables; one with a `_target_` is made from what
it names (`targets.py`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Generator, nn
from torch.optim import Optimizer

from deepclaims.errors import ConfigError
from deepclaims.nn.coder import Coder
from deepclaims.nn.interface import Interface
from deepclaims.nn.models import JOINED, build_model
from deepclaims.nn.partial_initialisation import initialise_known
from deepclaims.nn.unit_noise import NoisyUnits, UnitNoise
from deepclaims.optim.optimizers import build_optimizer
from deepclaims.training.replica import noise_on_units
from deepclaims.training.settings import Settings
from deepclaims.training.targets import TARGET, find, is_own, make

OFFERED = ("interface", "input_shape", "in_features", "in_channels", "outputs", "num_classes",
           "noise")  # fmt: skip
"""What a network's class is handed if it takes a parameter of that name: see `offers`."""

DRAWS = 0x5EED
"""Torch's own initialisation draws from a generator of its own, seeded by this and the weights'."""


def offers(interface: Interface, noise: UnitNoise) -> dict[str, Any]:
    """What a network may want to know of the data, by `OFFERED`.

    `input_shape` is that of one sample, without the batch; `in_features` its numbers, all inputs
    together; `in_channels` its first dimension; `outputs` and `num_classes` the numbers that come
    out; `interface` all of that (`nn.interface.Interface`), `noise` makes layers of dropout.
    """
    shape = interface.inputs[0]
    return {
        "interface": interface,
        "input_shape": shape,
        "in_features": interface.features,
        "in_channels": shape[0],
        "outputs": interface.outputs,
        "num_classes": interface.outputs,
        "noise": noise,
    }


def network(settings: Settings, interface: Interface, generator: Generator) -> nn.Module:
    """The network of a training before its first step.

    What torch draws while an own network is made comes from its global generator, which is seeded
    here; then the law of the `init` group draws the layers that it knows.

    Raises:
        ConfigError: an unknown name, option or target; or units to be disturbed that it has not.
    """
    own, noise = settings.regulariser, noise_on_units(settings)
    coder = Coder(own.autoencoder, own.code, own.coder_depth, own.coder_width)
    if not is_own(settings.model):
        return build_model(settings.model, settings.init, interface, noise, generator, coder)
    torch.manual_seed(int(torch.randint(2**31, (), generator=generator)) ^ DRAWS)

    def classifier(read: Interface) -> nn.Module:
        made = make("model", settings.model, offered=offers(read, noise))
        if not isinstance(made, nn.Module):
            raise ConfigError(
                f"model.{TARGET}={settings.model[TARGET]} gives {type(made).__name__}, and not a "
                "torch.nn.Module"
            )
        return _materialised(made, read)

    if coder.option in JOINED:
        made = JOINED.named({"name": coder.option})(coder, interface, classifier)
    else:
        made = classifier(interface)
    _require_noisy_units(made, noise)
    initialise_known(made, settings.init, generator)
    return made


def _materialised(made: nn.Module, interface: Interface) -> nn.Module:
    """Lazy layers take their shapes from two samples of zeros."""
    lazy = (nn.parameter.UninitializedParameter, nn.parameter.UninitializedBuffer)
    if any(isinstance(each, lazy) for each in (*made.parameters(), *made.buffers())):
        with torch.no_grad():
            made(*(torch.zeros(2, *shape) for shape in interface.inputs))
    return made


def _require_noisy_units(made: nn.Module, noise: UnitNoise) -> None:
    hidden = [each for each in made.modules() if isinstance(each, NoisyUnits)]
    if (noise.p_keep < 1 or noise.sigma > 0) and not any(not each.on_inputs for each in hidden):
        key = "p_keep" if noise.p_keep < 1 else "hidden_noise"
    elif noise.p_keep_input < 1 and not any(each.on_inputs for each in hidden):
        key = "p_keep_input"
    else:
        return
    raise ConfigError(
        f"regularizer.{key}: this network of your own has no layer that heeds it: take a parameter "
        "`noise` in its class and put noise.on_hidden() or noise.on_inputs() where they belong, or "
        "leave the key out and use nn.Dropout"
    )


def optimizer_maker(settings: Settings) -> Callable[[nn.Module], Optimizer]:
    """What makes the optimiser of a network.

    Raises:
        ConfigError: a penalty together with an optimiser of one's own, which has its weight_decay.
    """
    config, lambdas = settings.optimizer, settings.regulariser.lambda_
    if not is_own(config):
        return lambda model: build_optimizer(config, model, lambdas)
    if lambdas != 0.0:
        raise ConfigError(
            f"regularizer.lambda is for the package's optimisers: with optimizer.{TARGET}="
            f"{config[TARGET]} set the optimiser's own weight_decay"
        )

    def made(model: nn.Module) -> Optimizer:
        found = make("optimizer", config, [[p for p in model.parameters() if p.requires_grad]])
        if not isinstance(found, Optimizer):
            raise ConfigError(
                f"optimizer.{TARGET}={config[TARGET]} gives {type(found).__name__}, and not a "
                "torch.optim.Optimizer"
            )
        return found

    return made


def wants_closure(settings: Settings) -> bool:
    """Whether the optimiser evaluates the loss itself, as LBFGS does."""
    if not is_own(settings.optimizer):
        return False
    step = getattr(find(str(settings.optimizer[TARGET]), "optimizer"), "step", None)
    closure = inspect.signature(step).parameters.get("closure") if step else None
    return closure is not None and closure.default is closure.empty


def gives(config: Mapping[str, Any], group: str, kind: type) -> bool:
    """Whether a group's `_target_` is a class below `kind`."""
    found = find(str(config[TARGET]), group)
    return inspect.isclass(found) and issubclass(found, kind)
