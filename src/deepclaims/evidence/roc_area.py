"""The area under the ROC curve over patients: pairs of samples, counted by pairs of patients.

The area is the share of pairs (one sample of the kind looked for, one not) that the score puts in
order. A pair's two samples may be of two patients, so a resample of patients weighs it by how often
both were drawn; counted by pairs of patients, every resample's area is exact.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepclaims.evidence.patients import Pairs
from deepclaims.evidence.ranking import area_under_roc


def count_pairs(score: np.ndarray, true: np.ndarray, record: np.ndarray) -> pd.DataFrame:
    """Pairs of samples by the patients they are of.

    Args:
        score: (n,).
        true: (n,), 1 or 0.
        record: (n,) name of each sample's patient.

    Returns:
        A row for every two patients, the same one included: `positive` and `negative` (whose
        samples are of the kind, and are not), `ordered` pairs (ties half) and all `pairs`.
    """
    rows = []
    names = np.unique(record)
    for positive in names:
        for negative in names:
            ones = score[(record == positive) & (true == 1)]
            others = score[(record == negative) & (true == 0)]
            pairs, both = ones.size * others.size, np.concatenate([ones, others])
            share = area_under_roc(both, np.arange(both.size) < ones.size) if pairs else 0.0
            rows.append((str(positive), str(negative), share * pairs, pairs))
    return pd.DataFrame(rows, columns=["positive", "negative", "ordered", "pairs"])


def read_pairs(table: pd.DataFrame) -> Pairs:
    """Counts (seeds, patients, patients, 2), ordered and all pairs, of one cell's replicas.

    Args:
        table: what `count_pairs` made of each, with the column `seed`.
    """
    sums = table.assign(
        positive=table["positive"].astype(str), negative=table["negative"].astype(str)
    )
    sums = sums.groupby(["seed", "positive", "negative"])[["ordered", "pairs"]].sum()
    seeds = sorted(sums.index.unique("seed"))
    names = sorted({*sums.index.unique("positive"), *sums.index.unique("negative")})
    every = pd.MultiIndex.from_product([seeds, names, names])
    counts = sums.reindex(every, fill_value=0).to_numpy(dtype=float)
    return Pairs(counts.reshape(len(seeds), len(names), len(names), 2))


def area(total: np.ndarray) -> np.ndarray:
    """Ordered pairs over all pairs, (…, 2) -> (…); 1/2 where there are none."""
    half = np.full(total.shape[:-1], 0.5)
    return np.divide(total[..., 0], total[..., 1], out=half, where=total[..., 1] > 0.5)
