"""Where a project keeps its things: the folders below the one that holds `dvc.yaml` and `conf/`."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class Project:
    """The folders of one checkout."""

    root: Path

    @classmethod
    def here(cls) -> "Project":
        """Find the project: `DEEPCLAIMS_ROOT`, else the nearest folder upwards with `conf/`.

        Raises:
            ConfigError: when no folder on the way up is a deepclaims project.
        """
        if named := os.environ.get("DEEPCLAIMS_ROOT"):
            return cls(Path(named).resolve())
        start = Path.cwd()
        for folder in (start, *start.parents):
            if (folder / "conf" / "train.yaml").is_file() and (folder / "dvc.yaml").is_file():
                return cls(folder)
        raise ConfigError(
            f"no deepclaims project in {start} or above it: change into the checkout "
            "(the folder with dvc.yaml and conf/) or name it in DEEPCLAIMS_ROOT"
        )

    @cached_property
    def conf(self) -> Path:
        """The Hydra configs."""
        return self.root / "conf"

    def raw(self, dataset: str) -> Path:
        """The verified files of a data set, as fetched."""
        return self.root / "data" / "raw" / dataset

    def prepared(self, dataset: str) -> Path:
        """The memory-mappable arrays of a data set."""
        return self.root / "data" / "prepared" / dataset

    @cached_property
    def registered(self) -> Path:
        """What decides what is measured, as `register` writes it."""
        return self.root / "registered.json"

    @cached_property
    def runs(self) -> Path:
        """The run cache: one folder a key."""
        return self.root / ".runs"

    @cached_property
    def mlflow(self) -> Path:
        """The MLflow store and its artifacts."""
        return self.root / ".mlflow"

    def results(self, chapter: str) -> Path:
        """The tidy tables of a chapter."""
        return self.root / "results" / chapter

    def evidence(self, chapter: str) -> Path:
        """Verdicts and figures of a chapter."""
        return self.root / "evidence" / chapter

    @cached_property
    def reports(self) -> Path:
        """The published site."""
        return self.root / "reports"
