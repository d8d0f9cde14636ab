"""What a user's sweep came to: every cell while they fit a screen, else the best of them."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deepclaims.sweep.logbook import Logbook, LogEntry
from deepclaims.sweep.store import RunStore

SHOWN = ("train_loss", "validation_error", "test_error", "validation_mse", "test_mse")
RANKED_BY = ("validation_error", "validation_mse", "validation_loss", "train_error", "train_loss")
"""The first of these that there is says which cells are best. Never a test score."""
MANY, BEST = 40, 10


class Scores(dict[str, Any]):
    """The metrics of a job; as a number, the one that says how good it is, for any sweeper."""

    def __float__(self) -> float:
        for name in RANKED_BY:
            if name in self:
                return _last_if_nan(float(self[name]))
        return float("inf")


@dataclass(frozen=True)
class Line:
    """A cell in the summary: its scores by name, one for each seed, and its MLflow run."""

    label: str
    seeds: tuple[int, ...]
    scores: dict[str, list[float]]
    run: str

    def mean(self, metric: str) -> float:
        """The mean over seeds; NaN, and so last, where a replica diverged or has no such score."""
        values = self.scores.get(metric, [])
        return sum(values) / len(values) if values else float("nan")

    def __str__(self) -> str:
        words = [f"{name} {_with_spread(values)}" for name, values in self.scores.items()
                 if name in SHOWN and values]  # fmt: skip
        seeds = f"{len(self.seeds)} seeds" if len(self.seeds) > 1 else f"seed {self.seeds[0]}"
        return f"{self.label}: {', '.join(words)} ({seeds})  [run {self.run}]"


def print_summary(
    store: RunStore,
    entries: Sequence[LogEntry],
    logbook: Logbook,
    asked: Mapping[str, Collection[int]],
) -> None:
    """Say how each cell came out, with the spread over the seeds that were asked for.

    Args:
        store: the run cache.
        entries: the cells.
        logbook: knows their runs.
        asked: key of a cell -> seeds; earlier ones of the same cell are in its run, and only named.
    """
    lines = list(_lines(store, entries, logbook, asked))
    if len(lines) <= MANY:
        shown = lines
    else:
        metric = next((name for name in RANKED_BY if name in lines[0].scores), "")
        shown = sorted(lines, key=lambda line: _last_if_nan(line.mean(metric)))[:BEST]
        print(f"the best {BEST} of {len(lines)} cells by {metric}:", file=sys.stderr)
    for line in shown:
        print(line, file=sys.stderr)
    if len(shown) < len(lines):
        print(
            f"all {len(lines)}: `deepclaims ui`, experiment {logbook.experiment(entries[0])}, or "
            "`deepclaims runs claim=none`",
            file=sys.stderr,
        )


def _lines(
    store: RunStore,
    entries: Sequence[LogEntry],
    logbook: Logbook,
    asked: Mapping[str, Collection[int]],
) -> Iterator[Line]:
    for entry in entries:
        finished = store.seeds(entry.cell.key)
        seeds = [seed for seed in finished if seed in asked[entry.cell.key]]
        if not seeds:
            continue
        metrics = [store.metrics(entry.cell.key, seed) for seed in seeds]
        names = dict.fromkeys([*SHOWN, *RANKED_BY])
        scores = {
            name: [each[name] for each in metrics if name in each]
            for name in names
            if any(name in each for each in metrics)
        }
        run = logbook.run(entry)
        earlier = len(finished) - len(seeds)
        yield Line(
            entry.cell.label or entry.cell.key,
            tuple(seeds),
            scores,
            (run.run_id if run else "none") + (f", with {earlier} earlier" if earlier else ""),
        )


def _with_spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"{values[0]:.4g}"
    from deepclaims.evidence.statistics import mean_interval

    estimate = mean_interval(values)
    return f"{estimate.value:.4g} ± {(estimate.high - estimate.low) / 2:.2g}"


def _last_if_nan(value: float) -> float:
    return float("inf") if value != value else value
