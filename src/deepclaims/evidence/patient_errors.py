"""Error rates on patients who were not trained on: other seeds and other patients both count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from deepclaims.evidence.estimate import Estimate
from deepclaims.evidence.patients import DRAWS, over_seeds_and_patients


@dataclass(frozen=True)
class PatientErrors:
    """Wrong answers of several replicas, patient by patient.

    Args:
        counts: (seeds, records, 2), wrong answers and answers.
        seeds: seed of each replica.
        records: name of each record.
    """

    counts: np.ndarray
    seeds: tuple[int, ...]
    records: tuple[str, ...]

    @classmethod
    def read(cls, table: pd.DataFrame) -> PatientErrors:
        """Counts of one cell's replicas.

        Args:
            table: columns `seed, record, true, predicted, count`, as training writes them.
        """
        wrong = table["count"].where(table["true"] != table["predicted"], 0)
        both = pd.DataFrame(
            {"seed": table["seed"].astype(int), "record": table["record"].astype(str),
             "wrong": wrong, "all": table["count"]}
        )  # fmt: skip
        sums = both.groupby(["seed", "record"])[["wrong", "all"]].sum()
        seeds, records = (sorted(sums.index.unique(level)) for level in ("seed", "record"))
        every = pd.MultiIndex.from_product([seeds, records])
        counts = sums.reindex(every, fill_value=0).to_numpy(dtype=float)
        return cls(counts.reshape(len(seeds), len(records), 2), tuple(seeds), tuple(records))


def error_rate(total: np.ndarray) -> np.ndarray:
    """Wrong answers per cent of wrong answers and answers summed over patients, (…, 2) -> (…)."""
    found: np.ndarray = 100 * total[..., 0] / np.maximum(total[..., 1], 1)
    return found


def error_contrast(
    errors: Sequence[PatientErrors], weights: Sequence[float], draws: int = DRAWS
) -> Estimate:
    """A weighted sum of error rates in percentage points, over seeds crossed with patients.

    Args:
        errors: of each arm, paired by seed and patient.
        weights: of each arm: 1 alone for an error rate, (1, −1) for a difference.
        draws: of the bootstrap.

    Raises:
        ValueError: when the arms were not measured on the same seeds and records.
    """
    if any((each.seeds, each.records) != (errors[0].seeds, errors[0].records) for each in errors):
        raise ValueError("the sides of a difference differ in their seeds or records")

    def score(*totals: np.ndarray) -> np.ndarray:
        each = [w * error_rate(total) for w, total in zip(weights, totals, strict=True)]
        return np.asarray(sum(each))

    low, high = (100 * sum(w for w in weights if sign * w > 0) for sign in (-1, 1))
    return over_seeds_and_patients(
        score, *(each.counts for each in errors), span=(low, high), draws=draws
    )
