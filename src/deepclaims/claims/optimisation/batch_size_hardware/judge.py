"""Ratios, slopes and knees of wall times, a value a seed; the GPU's only where there is one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from deepclaims.claims.optimisation.batch_size_hardware.measure import RATIO, SECONDS
from deepclaims.claims.results import Results
from deepclaims.evidence.check import Measured
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import power_law, ratio_interval


def judge(results: Results) -> dict[str, Measured]:
    """Judged at every number of threads; what is said of GPUs, on a GPU or not at all."""
    counts = results.axis("steps", "threads")
    used = results.table("memory", "memory")
    used = used[(used["batch"] >= used["batch"].max() / 8) & (used["seed"] == used["seed"].min())]
    slope = np.polyfit(np.log(used["batch"]), np.log(used["bytes"]), 1)[0]
    return {
        "flat_below_minimum": [ratio_interval(_few(results, n)) for n in counts],
        "minimum": [ratio_interval(knees(times(results, n))) for n in counts],
        "grows_above_it": [_growth(times(results, n)) for n in counts],
        "memory_scales": exact(float(slope), n=len(used)),
        "powers_of_two": _on_gpu(results, power=True),
        "other_sizes": _on_gpu(results, power=False),
        "powers_on_cpu": [ratio_interval(contrasts(results, n, power=True)) for n in counts],
    }


def has_gpu(results: Results) -> bool:
    """Whether the part for GPUs found one."""
    return bool(results.values("gpu", "present").all())


def times(results: Results, threads: int | None) -> pd.DataFrame:
    """Seconds a step, a row for each seed and a column for each batch size; None: on the GPU."""
    return _rows(results, "times", threads).pivot_table(
        index="seed", columns="batch", values=SECONDS
    )


def sizes(table: pd.DataFrame) -> list[int]:
    """The batch sizes of a table's columns."""
    return [int(b) for b in table.columns.to_numpy()]


def knees(seconds: pd.DataFrame) -> np.ndarray:
    """B* = a/b of t = a + bB, a value a seed: there the part that grows equals what does not.

    By least squares of relative errors. Where time does not grow the knee is the largest batch that
    was measured; where nothing is fixed it is 0.01.
    """
    batches = np.array(sizes(seconds), dtype=float)
    found = []
    for row in seconds.to_numpy():
        design = np.stack([np.ones_like(batches), batches], 1) / row[:, None]
        a, b = np.linalg.lstsq(design, np.ones_like(row), rcond=None)[0]
        found.append(batches[-1] if b <= 0 else a / b)
    return np.clip(found, 0.01, batches[-1])


def contrasts(results: Results, threads: int | None, power: bool) -> np.ndarray:
    """Geometric mean of the ratios over batch sizes, one value a seed."""
    table = _rows(results, "contrasts", threads)
    own = table[table["power"] == power]
    return np.asarray(np.exp(np.log(own[RATIO]).groupby(own["seed"]).mean()))


def _rows(results: Results, name: str, threads: int | None) -> pd.DataFrame:
    if threads is None:
        return results.table(name, "gpu")
    return results.table(name, "steps", where={"threads": threads})


def _few(results: Results, threads: int) -> np.ndarray:
    return _rows(results, "few", threads).sort_values("seed")[RATIO].to_numpy()


def _growth(seconds: pd.DataFrame) -> Estimate:
    """D log time / d log B over the larger batch sizes."""
    batches = sizes(seconds)
    wide = [b for b in batches if b >= max(batches) / 8]
    return power_law(wide, seconds[wide].to_numpy())


def _on_gpu(results: Results, power: bool) -> Estimate:
    """The contrasts on the GPU; undecided where there is none."""
    return ratio_interval(contrasts(results, None, power) if has_gpu(results) else [np.nan])
