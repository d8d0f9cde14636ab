"""The trained labellers in MLflow's model registry, and whence `annotate` has its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from deepclaims.ecg.ensembles import Ensembles, Kept
from deepclaims.ecg.options import AnnotateOptions, EvaluateOptions
from deepclaims.ecg.strip import CLASSES
from deepclaims.ecg.trained_labeller import (
    EXPERIMENT,
    Trained,
    source_of_data,
    trained_labeller,
    trained_networks,
)
from deepclaims.environment import commit
from deepclaims.project import Project
from deepclaims.tracking.registry import Registry

NAME, ALIAS = "deepclaims-ecg", "champion"
OTHER_CODE = (
    "WARNING: these networks were registered with other code than this, which may show them the "
    "record otherwise: their labels may differ from those they gave then"
)


def labellers(
    project: Project, options: AnnotateOptions | EvaluateOptions
) -> Callable[[int], Trained]:
    """What gives the labeller for records of so many leads: the registered one, or the project's.

    Raises:
        ConfigError: `model=` is no address of a registered model, or there is no such one.
        StorageError: the registry cannot be had, or what it has is damaged or no labeller.
    """
    if options.model:
        registry = Registry.of(project.mlflow, options.server)
        return partial(_registered, registry, options.model)
    return partial(trained_labeller, project, options=options.executor)


def register_labellers(project: Project, name: str, alias: str, server: str) -> str:
    """Register the labellers of `conf/annotate.yaml`; networks that are missing are trained.

    Args:
        project: whose configs, data and run cache.
        name: of the model.
        alias: of this version.
        server: tracking URI of the server whose registry it is; "" for the project's own store.

    Returns:
        A line that says what is registered and where.

    Raises:
        ConfigError: the config does not compose, or MLflow does not take a name.
        StageError: the ECG is not prepared.
        StorageError: a stored network is damaged, or the registry cannot be had.
        SweepError: a training failed.
    """
    registry = Registry.of(project.mlflow, server)
    source = source_of_data(project)
    both = Ensembles({leads: trained_networks(project, leads) for leads in (1, 2)}, source)
    metrics = {
        f"{what}/{label}/{leads}": float(value)
        for leads, networks in both.of_leads.items()
        for what, values in (
            ("sensitivity", networks.agreement.sensitivity),
            ("positive_predictivity", networks.agreement.positive_predictivity),
        )
        for label, value in zip(CLASSES, values, strict=True)
        if value == value
    }
    tags = {"deepclaims.source": source, "deepclaims.commit": commit(project.root)}
    with tempfile.TemporaryDirectory() as folder:
        both.write(Path(folder) / "model", tags["deepclaims.commit"])
        version = registry.put(
            Path(folder) / "model", name, alias, both.key,
            experiment=EXPERIMENT, tags=tags, metrics=metrics,
        )  # fmt: skip
    return f"models:/{name}@{alias} is version {version} of {name} in {registry.place}"


def _registered(registry: Registry, model: str, leads: int) -> Trained:
    with tempfile.TemporaryDirectory() as folder:
        found = registry.get(model, Path(folder))
        kept = Kept.read(found.folder)
        remarks = [f"from {registry.place}: {model}, version {found.version} of {found.name}"]
        if not kept.is_of_this_code:
            remarks.append(OTHER_CODE)
        return Trained(
            kept.labeller(leads), str(kept.about["source"]), kept.agreement(leads),
            kept.key(leads), tuple(remarks),
        )  # fmt: skip
