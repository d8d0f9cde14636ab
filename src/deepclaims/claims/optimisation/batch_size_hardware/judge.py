"""Judged on the CPU, which every machine has: ratios, slopes and contrasts, a value a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepclaims.claims.optimisation.batch_size_hardware.measure import RATIO, SECONDS
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import exact
from deepclaims.evidence.statistics import power_law, ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Judged on the CPU, which every machine has: ratios, slopes and contrasts, a value a seed."""
    seconds = times(results, "cpu")
    batches = sizes(seconds)
    small, large = min(batches), max(batches)
    few = min((b for b in batches if b >= 4 * small), default=large)
    wide = [b for b in batches if b >= large / 8]
    used = results.tables["memory"]
    used = used[(used["batch"] >= large / 8) & (used["seed"] == used["seed"].min())]
    slope = np.polyfit(np.log(used["batch"]), np.log(used["bytes"]), 1)[0]
    return {
        "flat_below_minimum": ratio_interval(seconds[few].to_numpy(), seconds[small].to_numpy()),
        "memory_scales": exact(float(slope), n=len(used)),
        "powers_of_two": ratio_interval(_contrasts(results, "cpu", power=True)),
        "grows_above_it": power_law(wide, seconds[wide].to_numpy()),
        "other_sizes": ratio_interval(_contrasts(results, "cpu", power=False)),
    }


def times(results: Results, device: str) -> pd.DataFrame:
    """Seconds a step, a row for each seed and a column for each batch size."""
    table = results.tables["times"]
    own = table[table["device"] == device]
    return own.pivot_table(index="seed", columns="batch", values=SECONDS)


def sizes(table: pd.DataFrame) -> list[int]:
    """The batch sizes of a table's columns."""
    return [int(b) for b in table.columns.to_numpy()]


def _contrasts(results: Results, device: str, power: bool) -> np.ndarray:
    """Geometric mean of the ratios over batch sizes, one value a seed."""
    table = results.tables["contrasts"]
    own = table[(table["device"] == device) & (table["power"] == power)]
    return np.asarray(np.exp(np.log(own[RATIO]).groupby(own["seed"]).mean()))
