"""The plan of a sweep: which units a worker runs together, as one batch, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from deepclaims.sweep.cell import STACKED, TRAIN
from deepclaims.sweep.unit import Unit
from deepclaims.training.stacking import choose_batches


def plan(units: Sequence[Unit], workers: int) -> list[list[Unit]]:
    """Divide the units of a sweep into batches, in an order that suits the workers.

    Args:
        units: what is to be run; every one of them ends up in exactly one batch.
        workers: how many batches are run at a time.

    Returns:
        Trainings first, the longest before the others; then what claims do by themselves; at last
        trainings that several processes share, since they have the machine for themselves. A batch
        of several is one stack.
    """
    shared = [unit for unit in units if unit.processes > 1]
    single = [unit for unit in units if unit.processes == 1]
    trainings = [unit for unit in single if unit.cell.task in (TRAIN, STACKED)]
    others = [unit for unit in single if unit.cell.task not in (TRAIN, STACKED)]
    batches = choose_batches(
        [unit.cell.config for unit in trainings],
        [unit.cell.task == STACKED for unit in trainings],
        workers,
    )
    stacked = [[trainings[i] for i in batch] for batch in batches]
    return stacked + [[unit] for unit in (*others, *shared)]
