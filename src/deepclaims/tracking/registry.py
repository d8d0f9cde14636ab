"""MLflow's model registry, by its public calls: a model put there under a name, and had back."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deepclaims.errors import ConfigError, StorageError
from deepclaims.tracking.index import ARTIFACTS, database, turn
from deepclaims.tracking.outbox import AwayError, outbox_of, require_answer
from deepclaims.tracking.store import client, create, found_experiment, uri

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion

MODEL = re.compile(r"models:/(?P<name>[^/@]+)(?:@(?P<alias>[^/@]+)|/(?P<version>[0-9]+))")
KEY = "deepclaims.key"
"""Tag of a version: what its model is known by."""
INSIDE = "model"
"""The folder of a model among the artifacts of its run."""


@dataclass(frozen=True)
class Registered:
    """A version of a registered model: its name, its number, and the folder that it is in here."""

    name: str
    version: str
    folder: Path


@dataclass(frozen=True)
class Registry:
    """The registry of a tracking server, or that of the project's own store.

    Args:
        folder: the project's own store.
        server: tracking URI of the server; "" for none.
    """

    folder: Path
    server: str = ""

    @classmethod
    def of(cls, folder: Path, server: str) -> Registry:
        """That of a server, unless it is the project's own store by another name."""
        return cls(folder, server if outbox_of(folder, server) else "")

    @property
    def place(self) -> str:
        """What it is called in messages."""
        return f"MLflow at {self.server}" if self.server else f"MLflow's store {self.folder}"

    def put(
        self,
        model: Path,
        name: str,
        alias: str,
        key: str,
        *,
        experiment: str,
        tags: Mapping[str, str],
        metrics: Mapping[str, float],
    ) -> str:
        """Register a model, and give its version the alias; one of that key is there but once.

        Args:
            model: its folder.
            name: it is registered as.
            alias: that means this version from now on.
            key: what the model is known by.
            experiment: of the run that has its files.
            tags: of the version.
            metrics: of the run.

        Returns:
            The number of the version.

        Raises:
            ConfigError: MLflow takes no such name or alias.
            StorageError: the store or the server cannot be had.
        """
        if not self.server:
            create(self.folder)
        with nullcontext() if self.server else turn(self.folder), self._client() as mlflow:
            if not any(each.name == name for each in mlflow.search_registered_models()):
                mlflow.create_registered_model(name)
            version = next(
                (each.version for each in mlflow.search_model_versions(f"name='{name}'")
                 if each.tags.get(KEY) == key and self._is_whole(mlflow, each)), ""
            )  # fmt: skip
            if not version:
                run = self._run(mlflow, experiment, name, model, metrics)
                made = mlflow.create_model_version(
                    name, f"{run.info.artifact_uri}/{INSIDE}", run.info.run_id,
                    tags={**tags, KEY: key},
                )  # fmt: skip
                version = made.version
            mlflow.set_registered_model_alias(name, alias, str(version))
        return str(version)

    def get(self, model: str, target: Path) -> Registered:
        """Bring a registered model here.

        Args:
            model: `models:/NAME@ALIAS` or `models:/NAME/VERSION`.
            target: a folder for it.

        Raises:
            ConfigError: it is no such address, or there is no such model or version.
            StorageError: there is no store, the server cannot be had, or the files are gone.
        """
        asked = MODEL.fullmatch(model)
        if asked is None:
            raise ConfigError(
                f"'{model}' is no address of a registered model, as models:/NAME@ALIAS and "
                "models:/NAME/VERSION are"
            )
        if not self.server and not database(self.folder).is_file():
            raise StorageError(f"there is no {self.place}, hence no {model} in it")
        if not self.server:
            create(self.folder)  # one that was moved is told so
        with self._client() as mlflow:
            found = self._version(mlflow, model, asked)
            return Registered(found.name, str(found.version), self._fetch(mlflow, found, target))

    def _version(self, mlflow: MlflowClient, model: str, asked: re.Match[str]) -> ModelVersion:
        from mlflow.exceptions import MlflowException

        name = asked["name"]
        try:
            if asked["alias"]:
                return mlflow.get_model_version_by_alias(name, asked["alias"])
            return mlflow.get_model_version(name, asked["version"])
        except MlflowException as error:
            if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                raise
        there = next(
            (each for each in mlflow.search_registered_models() if each.name == name), None
        )
        if there is None:
            raise ConfigError(f"{self.place} has no model {name}, hence no {model}")
        numbers = sorted(
            int(each.version) for each in mlflow.search_model_versions(f"name='{name}'")
        )
        known = [f"models:/{name}@{alias}" for alias in sorted(there.aliases)]
        known += [f"models:/{name}/{number}" for number in numbers]
        raise ConfigError(f"{self.place} has no {model}; it has {', '.join(known) or 'no version'}")

    def _fetch(self, mlflow: MlflowClient, found: ModelVersion, target: Path) -> Path:
        from mlflow.artifacts import download_artifacts

        address = mlflow.get_model_version_download_uri(found.name, found.version)
        try:
            folder = Path(download_artifacts(
                artifact_uri=address, dst_path=str(target), tracking_uri=self._uri
            ))  # fmt: skip
            if not any(folder.iterdir()):
                raise FileNotFoundError(address)
        except Exception as error:  # whatever the place of the artifacts raises
            raise StorageError(
                f"version {found.version} of {found.name} is in {self.place}, but its files are "
                f"not in {address} ({_line(error)}): register it again"
            ) from error
        return folder

    def _is_whole(self, mlflow: MlflowClient, found: ModelVersion) -> bool:
        with tempfile.TemporaryDirectory() as target:
            try:
                self._fetch(mlflow, found, Path(target))
            except StorageError:
                return False
        return True

    def _run(
        self,
        mlflow: MlflowClient,
        experiment: str,
        name: str,
        model: Path,
        metrics: Mapping[str, float],
    ) -> Run:
        place = None
        if not self.server:
            place = (self.folder / ARTIFACTS / experiment).resolve().as_uri()
        run = mlflow.create_run(found_experiment(mlflow, experiment, place), run_name=name)
        for metric, value in metrics.items():
            mlflow.log_metric(run.info.run_id, metric, value)
        mlflow.log_artifacts(run.info.run_id, str(model), INSIDE)
        mlflow.set_terminated(run.info.run_id, "FINISHED", end_time=int(time.time() * 1000))
        return run

    @property
    def _uri(self) -> str:
        return self.server or uri(self.folder)

    @contextmanager
    def _client(self) -> Iterator[MlflowClient]:
        try:
            require_answer(self.server)
        except AwayError as away:
            raise StorageError(f"{self.place} cannot be had ({away})") from None
        found = client(self._uri)
        from mlflow.exceptions import MlflowException

        try:
            yield found
        except MlflowException as error:
            if error.error_code == "INVALID_PARAMETER_VALUE":
                raise ConfigError(f"{self.place} refuses it: {_line(error)}") from error
            raise StorageError(f"{self.place} cannot be used ({_line(error)})") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
