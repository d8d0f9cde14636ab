"""What of a training cannot be, found by building it: before anything of a sweep is trained.

Everything that reads the config is called as the training will call it, down to the optimiser; only
the data's preparation by a network, and the device, are left out. Where a part is one's own, a few
samples go through the network too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

import torch

from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Splits
from deepclaims.errors import ConfigError, DeepclaimsError
from deepclaims.training.machine import quiet, require_device
from deepclaims.training.own_config import has_extras, has_own_part
from deepclaims.training.replica import build_module
from deepclaims.training.settings import Settings
from deepclaims.training.targets import TARGET

SAMPLES = 4
"""How many go through a network of one's own before it is trained."""
RATES = "LearningRateMonitor"
"""Lightning's callback that has nothing to do without a logger, and fails."""


@dataclass
class Foresight:
    """Builds one training after another; keeps the data of the last.

    Args:
        here: whether this machine is the one that trains, so that its devices must be there.
    """

    here: bool = True
    _kept: tuple[str, Splits] | None = field(default=None, repr=False)

    def why_not(self, config: Mapping[str, Any], seed: int) -> str:
        """Why a config cannot be trained, in one line; "" where it can.

        Args:
            config: a composed training config.
            seed: of one of its replicas.
        """
        try:
            settings = Settings.read(config)
            if self.here:
                require_device(settings.machine)
            on_cpu = replace(settings.machine, accelerator="cpu")
            with torch.random.fork_rng([]), quiet():
                splits = self._splits(settings, seed)
                here = replace(settings, machine=on_cpu)
                if has_own_part(config):
                    _require_logger(config)
                    _try_own(here, splits, seed, stepwise=has_extras(config))
                else:
                    build_module(here, splits, seed).configure_optimizers()
        except (DeepclaimsError, ValueError, TypeError) as error:
            return " ".join(str(error).split())
        except Exception as error:  # torch's own, say of a width below 0
            return " ".join(f"{type(error).__name__}: {error}".split())
        return ""

    def _splits(self, settings: Settings, seed: int) -> Splits:
        asked = json.dumps([dict(settings.data), seed], sort_keys=True, default=list)
        if self._kept is None or self._kept[0] != asked:
            self._kept = asked, load(settings.data, seed, folder_of(settings.data))
        return self._kept[1]


def _require_logger(config: Mapping[str, Any]) -> None:
    for key, one in (config.get("callbacks") or {}).items():
        target = one.get(TARGET, "") if isinstance(one, Mapping) else ""
        if str(target).rpartition(".")[2] == RATES and not config.get("logger"):
            raise ConfigError(f"callbacks.{key} tells a logger: say logger=csv with it")


def _try_own(settings: Settings, splits: Splits, seed: int, *, stepwise: bool) -> None:
    """Make a training with a part of one's own, and let its network answer a few samples.

    Raises:
        ConfigError: the network fails at them, or its answers have another shape than the data ask.
    """
    from deepclaims.training.own_task import module_of

    module = module_of(settings, splits, seed, stepwise=stepwise)
    module.configure_optimizers()
    if settings.regulariser.autoencoder in ("codes", "reconstructions"):
        return  # it will read what another network makes of the data
    name = settings.model.get(TARGET) or settings.model.get("name")
    split = module.splits.train
    samples = tuple(x[:SAMPLES] for x in split.inputs)
    shapes = " and ".join(str(tuple(x.shape)) for x in samples)
    try:
        with torch.no_grad():
            outputs = module.model.eval()(*samples)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise ConfigError(f"model={name} fails at inputs {shapes}: {why}") from error
    wanted = tuple(module.objective.targets(split)[:SAMPLES].shape)
    if module.objective.counts_errors:
        wanted = (*wanted, splits.outputs)
    if not isinstance(outputs, torch.Tensor):
        raise ConfigError(f"model={name} gives {type(outputs).__name__}, and not a tensor {wanted}")
    given = tuple(outputs.shape)
    alike = given == wanted if module.objective.counts_errors else prod(given) == prod(wanted)
    if not alike:
        raise ConfigError(
            f"model={name} gives {given} for inputs {shapes}; these data ask {wanted}"
        )
