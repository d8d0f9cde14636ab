"""From a trained replica to an `Outcome`: metrics, curves, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from deepclaims.data.splits import Split
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.training.objectives import IGNORED, Objective

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Measured:
    """What is left of a replica that was trained and evaluated.

    Args:
        parameters: how many it has.
        steps: how many it made.
        scores: metrics of the splits it was evaluated on.
        curves: by name, a list of (step, value).
        objective: what it was trained for.
        test: the test split, if it was evaluated on it.
        outputs: the network's on that split, if they were kept.
        group_names: of that split's groups.
    """

    parameters: int
    steps: int
    scores: Mapping[str, float]
    curves: Mapping[str, Sequence[tuple[int, float]]]
    objective: Objective
    test: Split | None
    outputs: Tensor | None
    group_names: tuple[str, ...]


def read_outcome(measured: Measured, *, probabilities: bool) -> Outcome:
    """The outcome of a replica.

    Args:
        measured: what is left of it.
        probabilities: whether to give the table of the test split's probabilities.
    """
    metrics = {"n_parameters": float(measured.parameters), "steps": float(measured.steps)}
    curves = {
        name: Curve([step for step, _ in points], [value for _, value in points])
        for name, points in measured.curves.items()
    }
    tables = {}
    if measured.test is not None:
        if tells_confusion(measured.objective.task, measured.test):
            tables["confusion"] = confusion_table(measured)
        if probabilities:
            tables["probabilities"] = probability_table(measured)
    return Outcome(metrics | dict(measured.scores), curves, tables)


def tells_confusion(task: str, test: Split) -> bool:
    """Whether the classes given on test are counted record by record.

    They are where every step of a sequence is labelled, and where samples come from patients: of
    these the patient is the unit, and a rate over all samples would hide how much they differ.
    """
    return task == "tagging" or (task == "classification" and test.groups is not None)


def probability_table(measured: Measured) -> pd.DataFrame:
    """What the network gives each test target: `record` (if any), `sample`, `true`, `p_<class>`.

    `sample` is the position of the target in the flattened test split, the same for all seeds.
    Where the task has no classes, the columns are `y_<output>` and there is no `true`.
    """
    import pandas as pd

    outputs = _outputs(measured)
    if not measured.objective.counts_errors:
        flat = outputs.flatten(1)
        columns = {f"y_{i}": flat[:, i].numpy() for i in range(flat.shape[1])}
        return pd.DataFrame({"sample": range(len(flat))} | columns)
    true, records = _targets_and_records(measured)
    known = true != IGNORED
    # In double precision, or the rows would not sum to one closely enough to be averaged.
    p = outputs.flatten(0, -2).double().softmax(-1)[known]
    table = {"sample": torch.nonzero(known).flatten().numpy(), "true": true[known].numpy()}
    table |= {f"p_{label}": p[:, label].numpy() for label in range(p.shape[1])}
    if records is not None:
        table["record"] = records[known].numpy()
    frame = pd.DataFrame(table)
    return _name_records(frame, measured) if records is not None else frame


def confusion_table(measured: Measured) -> pd.DataFrame:
    """How often each record's class `true` was given as `predicted` on test: column `count`."""
    import pandas as pd

    true, records = _targets_and_records(measured)
    predicted = _outputs(measured).flatten(0, -2).argmax(-1)
    known = true != IGNORED
    columns = {"true": true[known].numpy(), "predicted": predicted[known].numpy()}
    if records is not None:
        columns["record"] = records[known].numpy()
    frame = pd.DataFrame(columns)
    counts = frame.value_counts(sort=False).rename("count").reset_index()
    return _name_records(counts, measured) if records is not None else counts


def _outputs(measured: Measured) -> Tensor:
    assert measured.outputs is not None
    return measured.outputs.cpu()


def _targets_and_records(
    measured: Measured,
) -> tuple[Tensor, Tensor | None]:
    test = measured.test
    assert test is not None
    targets = measured.objective.targets(test).cpu()
    if test.groups is None:
        return targets.flatten(), None
    groups = test.groups.cpu().view(-1, *[1] * (targets.ndim - 1)).expand_as(targets)
    return targets.flatten(), groups.flatten()


def _name_records(frame: pd.DataFrame, measured: Measured) -> pd.DataFrame:
    names = measured.group_names
    return frame.assign(record=[names[g] if names else str(g) for g in frame["record"]])
