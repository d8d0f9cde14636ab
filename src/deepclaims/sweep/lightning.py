"""Module and data of a config for a Lightning trainer of one's own: `deepclaims.lightning`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deepclaims.project import Project
from deepclaims.sweep.compose import Composer

if TYPE_CHECKING:
    from deepclaims.training.plain import Data, Module


def lightning(
    overrides: Sequence[str] = (), seed: int = 0, project: Project | None = None
) -> tuple[Module, Data]:
    """A `LightningModule` and a `LightningDataModule`, as `deepclaims train` would compose them.

    Args:
        overrides: as on the command line, e.g. `["model=lenet", "data=mnist", "optimizer=adam"]`.
        seed: draws weights, order, noise.
        project: whose configs and data; without it the one of the current folder.

    Raises:
        ConfigError: they do not compose, have a number out of its range, or say what only the
            chunked loop has.
        StageError: the data are not prepared.
    """
    from deepclaims.training.plain import Data, Module
    from deepclaims.training.ranges import require_in_range

    project = project or Project.here()
    config = Composer(project.conf).cell(list(overrides))
    require_in_range({**config, "seed": seed})
    data = Data(config, seed)
    return Module(config, data.splits, seed), data
