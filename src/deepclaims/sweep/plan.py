"""The plan of a sweep: which units a worker runs together, as one batch."""

from __future__ import annotations

from collections.abc import Sequence

from deepclaims.sweep.options import Options
from deepclaims.sweep.unit import Unit


def plan(units: Sequence[Unit], options: Options) -> list[list[Unit]]:
    """Divide the units of a sweep into batches, in an order that suits the workers.

    Args:
        units: what is to be run; every one of them ends up in exactly one batch.
        options: `options.stack` says whether units may be stacked.

    Returns:
        A batch for each unit; trainings that several processes share come last, since they have
        the machine for themselves.
    """
    return [[unit] for unit in sorted(units, key=lambda unit: unit.processes > 1)]
