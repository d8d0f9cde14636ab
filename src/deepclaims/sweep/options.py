"""What `conf/executor/*.yaml` says, read once and refused at once where it cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from deepclaims.errors import ConfigError
from deepclaims.groups import read_options

STACK = ("auto", "always", "never")
CLUSTERS = ("slurm", "local")


@dataclass(frozen=True)
class Options:
    """What every executor knows."""

    workers: int | None = None
    stack: str = "auto"
    retry_failed: bool = False

    def __post_init__(self) -> None:
        if self.stack not in STACK:
            raise ConfigError(f"executor.stack={self.stack}; it may be {', '.join(STACK)}")
        if self.workers is not None and self.workers < 0:
            raise ConfigError(f"executor.workers={self.workers}; it is a whole number, or null")


@dataclass(frozen=True)
class LocalOptions(Options):
    """Processes on this machine; `conf/executor/local.yaml` says what each key means."""

    workers_per_gpu: int = 1


@dataclass(frozen=True)
class RayOptions(Options):
    """Ray, on this machine or a cluster; `conf/executor/ray.yaml` says what each key means."""

    address: str | None = None
    num_cpus: float = 1.0
    num_gpus: float | None = None
    working_dir: str | None = None


@dataclass(frozen=True)
class SlurmOptions(Options):
    """Slurm, through submitit; `conf/executor/slurm.yaml` says what each key means."""

    cluster: str = "slurm"
    partition: str | None = None
    minutes: int = 60
    memory_gb: float = 4.0
    cpus: int = 1
    parallel: int = 256
    units_per_job: int = 1
    setup: Sequence[str] = ()
    more: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cluster not in CLUSTERS:
            raise ConfigError(f"executor.cluster={self.cluster}; it may be {', '.join(CLUSTERS)}")
        if self.units_per_job < 1:
            raise ConfigError("executor.units_per_job is a whole number > 0")


KINDS: dict[str, type[Options]] = {
    "local": LocalOptions,
    "ray": RayOptions,
    "slurm": SlurmOptions,
}


def read_executor(config: Mapping[str, Any]) -> Options:
    """Read the `executor` group of a composed config.

    Raises:
        ConfigError: an unknown executor, key or value.
    """
    name = str(config.get("name"))
    if name not in KINDS:
        raise ConfigError(f"there is no executor '{name}'; known: {', '.join(KINDS)}")
    return read_options("executor", KINDS[name], config)
