"""A run told to MLflow by its public calls, for a server or a store whose schema is not known."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from deepclaims.tracking.rows import CONTEXT, TrackedRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

METRICS_AT_ONCE, PARAMS_AT_ONCE = 1000, 100
"""How many of them MLflow takes in one call."""
REPLACES, REPLACED_BY = "deepclaims.replaces", "deepclaims.replaced_by"


def log(
    client: MlflowClient,
    experiment: str,
    run: TrackedRun,
    put_artifacts: Callable[[str, TrackedRun], None],
    *,
    replaces: str = "",
) -> str:
    """Log a run, and end it as the last step, so that a run that is finished is whole.

    Points of a curve cannot be taken back. So a run that holds other outcomes than before is
    another one; it names the one it replaces, which stays to be had by its id, and is deleted only
    for lists.

    Args:
        client: of the store.
        experiment: id of the experiment.
        run: what it holds.
        put_artifacts: puts the artifacts of a run, by its id.
        replaces: id of the run that it takes the place of; "" for none.

    Returns:
        The id that the store gave it.
    """
    from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

    end = run.end or int(time.time() * 1000)
    tags = {**run.tags, **({REPLACES: replaces} if replaces else {})}
    made = client.create_run(
        experiment, start_time=run.start or end, tags=tags, run_name=run.name
    ).info.run_id
    params = [Param(key, text) for key, text in run.texts().items()]
    for some in _parts(params, PARAMS_AT_ONCE):
        client.log_batch(made, params=some)
    points = [Metric(name, value, end, step) for name, step, value in run.points()]
    for some in _parts(points, METRICS_AT_ONCE):
        client.log_batch(made, metrics=some)
    if run.inputs:
        tag = [InputTag(CONTEXT, "training")]
        client.log_inputs(made, [DatasetInput(Dataset(**each.about), tag) for each in run.inputs])
    put_artifacts(made, run)
    client.set_terminated(made, "FINISHED", end_time=end)
    if replaces:
        client.set_tag(replaces, REPLACED_BY, made)
        client.delete_run(replaces)
    return str(made)


def _parts(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
