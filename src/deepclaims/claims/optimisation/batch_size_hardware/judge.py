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
    """The knee at every number of threads; what is said of GPUs, on a GPU or not at all."""
    seconds = [times(results, n) for n in results.axis("steps", "threads")]
    single, *several = seconds
    used = results.table("memory", "memory")
    used = used[(used["batch"] >= used["batch"].max() / 8) & (used["seed"] == used["seed"].min())]
    slope = np.polyfit(np.log(used["batch"]), np.log(used["bytes"]), 1)[0]
    return {
        "flat_below_minimum": _flat(single),
        "minimum": [ratio_interval(knees(own)) for own in seconds],
        "grows_above_it": _growth(single),
        "flat_on_threads": [_flat(own) for own in several],
        "memory_scales": exact(float(slope), n=len(used)),
        "powers_of_two": ratio_interval(_contrasts(results, "cuda", power=True)),
        "other_sizes": ratio_interval(_contrasts(results, "cuda", power=False)),
        "powers_on_cpu": ratio_interval(_contrasts(results, "cpu", power=True)),
    }


def devices(results: Results) -> list[str]:
    """Those of the comparison with neighbours that were there, the CPU first."""
    found = results.axis("neighbours", "device")
    return [d for d in found if results.values("neighbours", "present", where={"device": d}).all()]


def times(results: Results, threads: int) -> pd.DataFrame:
    """Seconds a step, a row for each seed and a column for each batch size."""
    table = results.table("times", "steps", where={"threads": threads})
    return table.pivot_table(index="seed", columns="batch", values=SECONDS)


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


def _contrasts(results: Results, device: str, power: bool) -> np.ndarray:
    """Geometric mean of the ratios over batch sizes, one value a seed; NaN without the device."""
    if device not in devices(results):
        return np.array([np.nan])
    table = results.table("contrasts", "neighbours", where={"device": device})
    own = table[table["power"] == power]
    return np.asarray(np.exp(np.log(own[RATIO]).groupby(own["seed"]).mean()))


def _flat(seconds: pd.DataFrame) -> Estimate:
    """Time at B = 4 over that at B = 1."""
    return ratio_interval(seconds[4].to_numpy(), seconds[1].to_numpy())


def _growth(seconds: pd.DataFrame) -> Estimate:
    """D log time / d log B over the larger batch sizes."""
    batches = sizes(seconds)
    wide = [b for b in batches if b >= max(batches) / 4]
    return power_law(wide, seconds[wide].to_numpy())
