"""Trained networks as models of MLflow: `pytorch` flavour, signature, an example of the input."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence

from deepclaims.project import Project
from deepclaims.sweep.logbook import Logbook, LogEntry
from deepclaims.sweep.own_code import own_files
from deepclaims.sweep.store import RunStore
from deepclaims.sweep.unit import Unit
from deepclaims.tracking.store import client, uri

TAG = "deepclaims.model.seed"
EXAMPLE = 4
"""So many samples of the test split show what comes in."""


def log_models(
    units: Sequence[Unit], entries: Sequence[LogEntry], logbook: Logbook, project: Project
) -> list[str]:
    """Log the kept network of each unit to the run of its cell, once; says where each is.

    Args:
        units: finished, their networks kept.
        entries: of their cells.
        logbook: knows the entries' runs.
        project: whose store.

    Returns:
        The models' URIs.
    """
    runs = {entry.cell.key: run for entry in entries if (run := logbook.run(entry))}
    found = []
    for unit in units:
        run = runs.get(unit.cell.key)
        if run is not None:
            found.append(_logged(unit, run.run_id, project))
            print(f"model of seed {unit.seed} in MLflow: {found[-1]}", file=sys.stderr)
    return found


def _logged(unit: Unit, run_id: str, project: Project) -> str:
    import mlflow
    from mlflow.models import infer_signature

    from deepclaims.training.kept import restored

    address, tag = uri(project.mlflow), f"{TAG}-{unit.seed}"
    store = client(address)
    if known := store.get_run(run_id).data.tags.get(tag):
        return str(known)
    network = restored(RunStore(project.runs).weights(unit.cell.key, unit.seed), unit.cell.key)
    examples = network.raw_examples(EXAMPLE)
    outputs = network(*examples).detach().numpy()
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(address)
    try:
        with warnings.catch_warnings(), mlflow.start_run(run_id=run_id):
            warnings.simplefilter("ignore")
            first = examples[0].numpy()
            made = mlflow.pytorch.log_model(
                network,
                name=f"seed-{unit.seed}",
                signature=infer_signature(first, outputs),
                input_example=first if len(examples) == 1 else None,
                code_paths=[str(file) for file in own_files(unit.cell.config)] or None,
                pip_requirements=_requirements(),
                serialization_format="pickle",
            )
        store.set_tag(run_id, tag, made.model_uri)
    finally:
        mlflow.set_tracking_uri(before)
    return str(made.model_uri)


def _requirements() -> list[str]:
    from importlib.metadata import version

    names = ("torch", "pytorch-lightning", "numpy", "deepclaims")
    return [f"{name}=={version(name).partition('+')[0]}" for name in names]
