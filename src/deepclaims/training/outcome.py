"""From a trained module to an `Outcome`: metrics, curves, tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.models import count_parameters
from deepclaims.training.chunked import ChunkedTraining
from deepclaims.training.objectives import IGNORED

if TYPE_CHECKING:
    import pandas as pd


def read_outcome(module: ChunkedTraining, *, probabilities: bool) -> Outcome:
    """What a trained and evaluated module measured.

    Args:
        module: after its evaluation.
        probabilities: whether to give the table of the test split's probabilities.
    """
    metrics = {
        "n_parameters": float(count_parameters(module.model)),
        "steps": float(module.steps),
    }
    for name, scores in module.scores.items():
        if name in module.evaluated:
            metrics |= scores.metrics(name)
    curves = {
        name: Curve([step for step, _ in points], [value for _, value in points])
        for name, points in module.curves.items()
    }
    tables = {}
    if "test" in module.evaluated:
        if module.objective.task == "tagging":
            tables["confusion"] = confusion_table(module)
        if probabilities:
            tables["probabilities"] = probability_table(module)
    return Outcome(metrics, curves, tables)


def probability_table(module: ChunkedTraining) -> pd.DataFrame:
    """What the network gives each test target: `record` (if any), `sample`, `true`, `p_<class>`.

    `sample` is the position of the target in the flattened test split, the same for all seeds.
    Where the task has no classes, the columns are `y_<output>` and there is no `true`.
    """
    import pandas as pd

    outputs = torch.cat(module.scores["test"].outputs).cpu()
    if not module.objective.counts_errors:
        flat = outputs.flatten(1)
        columns = {f"y_{i}": flat[:, i].numpy() for i in range(flat.shape[1])}
        return pd.DataFrame({"sample": range(len(flat))} | columns)
    true, records = _targets_and_records(module)
    known = true != IGNORED
    # In double precision, or the rows would not sum to one closely enough to be averaged.
    p = outputs.flatten(0, -2).double().softmax(-1)[known]
    table = {"sample": torch.nonzero(known).flatten().numpy(), "true": true[known].numpy()}
    table |= {f"p_{label}": p[:, label].numpy() for label in range(p.shape[1])}
    if records is not None:
        table["record"] = records[known].numpy()
    frame = pd.DataFrame(table)
    return _name_records(frame, module) if records is not None else frame


def confusion_table(module: ChunkedTraining) -> pd.DataFrame:
    """How often each record's class `true` was given as `predicted` on test: column `count`."""
    import pandas as pd

    true, records = _targets_and_records(module)
    predicted = torch.cat(module.scores["test"].outputs).flatten(0, -2).argmax(-1).cpu()
    known = true != IGNORED
    columns = {"true": true[known].numpy(), "predicted": predicted[known].numpy()}
    if records is not None:
        columns["record"] = records[known].numpy()
    frame = pd.DataFrame(columns)
    counts = frame.value_counts(sort=False).rename("count").reset_index()
    return _name_records(counts, module) if records is not None else counts


def _targets_and_records(
    module: ChunkedTraining,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    test = module.splits.test
    targets = module.objective.targets(test).cpu()
    if test.groups is None:
        return targets.flatten(), None
    groups = test.groups.cpu().view(-1, *[1] * (targets.ndim - 1)).expand_as(targets)
    return targets.flatten(), groups.flatten()


def _name_records(frame: pd.DataFrame, module: ChunkedTraining) -> pd.DataFrame:
    names = module.splits.group_names
    return frame.assign(record=[names[g] if names else str(g) for g in frame["record"]])
