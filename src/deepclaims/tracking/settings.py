"""Where runs are tracked: what `conf/tracking/*.yaml` and MLFLOW_TRACKING_URI say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.groups import read_options

VARIABLE = "MLFLOW_TRACKING_URI"


@dataclass(frozen=True)
class Tracking:
    """How the runs of a command are tracked; `conf/tracking/project.yaml` says what each key means.

    Whatever it says, the project's own store has them.
    """

    uri: str | None = None
    experiment: str | None = None
    tags: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.tags is not None and not isinstance(self.tags, Mapping):
            raise ConfigError(
                f"tracking.tags={self.tags} is no mapping, as 'tracking.tags={{team: vision}}' is"
            )

    @property
    def server(self) -> str:
        """The tracking URI of the MLflow that gets each run too; "" for none."""
        return (self.uri or os.environ.get(VARIABLE, "")).rstrip("/")

    @property
    def more_tags(self) -> dict[str, str]:
        """The further tags, as MLflow takes them."""
        return {str(name): str(value) for name, value in (self.tags or {}).items()}


def read_tracking(config: Mapping[str, Any]) -> Tracking:
    """Read the `tracking` group of a composed config.

    Raises:
        ConfigError: an unknown key or an impossible value.
    """
    return read_options("tracking", Tracking, config)
