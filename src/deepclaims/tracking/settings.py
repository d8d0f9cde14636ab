"""Where runs are tracked: what `conf/tracking/*.yaml` and MLFLOW_TRACKING_URI say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from deepclaims.arguments import Key
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


TRACKING = {
    "tracking": Key("project|server", says="which file of conf/tracking/ is heeded"),
    "tracking.uri": Key("URI", says="of an MLflow server that is told too"),
}


def tracking_of(conf: Path, given: Mapping[str, Any]) -> Tracking:
    """What `tracking=` and `tracking.uri=` say; MLFLOW_TRACKING_URI where they say nothing.

    Args:
        conf: the folder of the configs.
        given: the values of both keys, None where they were not given.

    Raises:
        ConfigError: there is no such file in `conf/tracking/`.
    """
    found = Tracking(given["tracking.uri"])
    if name := given["tracking"]:
        file = conf / "tracking" / f"{name}.yaml"
        if not file.is_file():
            known = ", ".join(sorted(each.stem for each in file.parent.glob("*.yaml")))
            raise ConfigError(f"no tracking '{name}'; known: {known}")
        found = read_tracking(yaml.safe_load(file.read_text(encoding="utf-8")))
        found = replace(found, uri=given["tracking.uri"] or found.uri)
    return found
