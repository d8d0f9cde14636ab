"""What of a training cannot be, found by building it: before anything of a sweep is trained.

Everything that reads the config is called as the training will call it, down to the optimiser; only
the data's preparation by a network, and the device, are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from deepclaims.data.registry import folder_of, load
from deepclaims.data.splits import Splits
from deepclaims.errors import DeepclaimsError
from deepclaims.training.machine import quiet, require_device
from deepclaims.training.replica import build_module
from deepclaims.training.settings import Settings


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
                build_module(replace(settings, machine=on_cpu), splits, seed).configure_optimizers()
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
