"""Where a project keeps its things: the folders below the one that holds `dvc.yaml` and `conf/`."""

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from deepclaims.errors import ConfigError


@dataclass(frozen=True)
class Project:
    """The folders of one checkout."""

    root: Path
    space: str = ""
    """A folder below the root with results, evidence and reports apart from the published ones."""

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
    def runs(self) -> Path:
        """The run cache: one folder a key."""
        return self.root / ".runs"

    @cached_property
    def mlflow(self) -> Path:
        """The MLflow store and its artifacts."""
        return self.root / ".mlflow"

    @cached_property
    def registered(self) -> Path:
        """What decides what is measured."""
        return self.root / "registered" / "measure.json"

    @cached_property
    def results(self) -> Path:
        """The tidy tables, chapter by chapter."""
        return self.root / self.space / "results"

    @cached_property
    def evidence(self) -> Path:
        """Verdicts and figures, chapter by chapter."""
        return self.root / self.space / "evidence"

    @cached_property
    def reports(self) -> Path:
        """The published site."""
        return self.root / self.space / "reports"

    def tables(self, claim: str) -> Path:
        """The folder of a claim's tables, by `chapter/id`."""
        return self.results / claim

    def record(self, claim: str) -> Path:
        """The file of a claim's evidence."""
        return self.evidence / f"{claim}.json"

    def drawn(self, claim: str) -> Path:
        """The folder of a claim's figures, and of what is kept of its judging."""
        return self.evidence / claim

    def deposit(self, claim: str) -> Path:
        """The folder of what judging read of a claim's tables."""
        return self.drawn(claim) / "tables"

    def published_tables(self, claim: str) -> Path:
        """The same, as the report has it."""
        return self.reports / "tables" / claim

    def aside(self, space: str) -> "Project":
        """The same project with results, evidence and reports of their own in a folder `space`."""
        return replace(self, space=space)
