"""Units: the replicas that a sweep hands to its executor, and the reports it gets back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from deepclaims.sweep.cell import Cell

if TYPE_CHECKING:
    from deepclaims.sweep.store import RunStore


@dataclass(frozen=True)
class Unit:
    """One replica to run: a cell and a seed, and what to record beside the result."""

    cell: Cell
    seed: int
    about: Mapping[str, Any]
    save: str = ""
    """What is kept of the network: "weights", "mlflow" (that, and as a model there), or nothing."""

    @property
    def processes(self) -> int:
        """How many processes share the training (DDP); 1 for most."""
        trainer = _trainer(self.cell)
        return int(trainer.get("devices", 1)) if trainer.get("strategy") == "ddp" else 1

    @property
    def gpus(self) -> int:
        """How many CUDA devices the training asks for."""
        trainer = _trainer(self.cell)
        return int(trainer.get("devices", 1)) if trainer.get("accelerator") == "gpu" else 0


Batch = Sequence[Unit]
"""Units that one worker runs together; several only where they are stacked."""


@dataclass(frozen=True)
class RunPolicy:
    """How a worker goes about a unit.

    Args:
        wait: for another process that has the same replica in hand; or else report `busy`.
        retry: run a replica again that is recorded as failed.
        verify: the worker may have another checkout or other data than who planned the sweep: make
            sure that it would give the cell the same key.
    """

    wait: bool = True
    retry: bool = False
    verify: bool = False


@dataclass(frozen=True)
class Report:
    """How a unit ended.

    Args:
        key: the cell's key.
        seed: the replica's seed.
        seconds: of CPU that it took.
        error: "" or the traceback.
        ran: false if it was found settled: finished, or failed before.
        busy: another process has it in hand; it is still to be done.
        samples: how many training samples it went through, where that is known.
    """

    key: str
    seed: int
    seconds: float = 0.0
    error: str = ""
    ran: bool = True
    busy: bool = False
    samples: float = 0.0

    @property
    def reason(self) -> str:
        """The last line of the traceback."""
        return last_line(self.error)


class WithdrawnError(Exception):
    """Somebody took a unit away from its executor: nobody's failure, and not recorded as one."""


def settled(unit: Unit, store: RunStore) -> bool:
    """Whether a unit is finished, and its network kept if that is wanted."""
    has = store.has_weights if unit.save else store.has
    return has(unit.cell.key, unit.seed)


def last_line(traceback: str) -> str:
    """What a traceback comes down to."""
    lines = [line for line in traceback.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def named(seeds: Sequence[int], shown: int = 8) -> str:
    """Some seeds for people: `seeds 3, 5, 7`."""
    listed = ", ".join(map(str, seeds[:shown]))
    more = f" and {len(seeds) - shown} more" if len(seeds) > shown else ""
    return f"seed{'s' if len(seeds) > 1 else ''} {listed}{more}"


def _trainer(cell: Cell) -> Mapping[str, Any]:
    trainer = cell.config.get("trainer")
    return trainer if isinstance(trainer, Mapping) else {}
