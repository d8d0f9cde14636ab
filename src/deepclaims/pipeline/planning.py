"""The cells of some claims, in the two goes in which what is tuned is measured.

First everything that is not tuned, and the choosing seeds at all values; then, where a choice fell
on an end of a grid that may be widened, those seeds further out; at last the reporting seeds at
what was chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from deepclaims.claims.claim import Claim, Part
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.choice import Value
from deepclaims.project import Project
from deepclaims.sweep.cell import Cell, cell_of
from deepclaims.sweep.compose import Composer
from deepclaims.sweep.logbook import LogEntry, Parent
from deepclaims.sweep.store import RunStore


@dataclass(frozen=True)
class Planned:
    """A cell with the claim and part it belongs to and the seeds it is wanted for.

    `dataset` is what stands in another data set's place in the claim, "" if none does.
    """

    claim: Claim
    part: Part
    cell: Cell
    seeds: tuple[int, ...]
    dataset: str = ""

    @property
    def entry(self) -> LogEntry:
        """What MLflow is to know of the cell."""
        claim = self.claim
        other = "".join(f"+{each}" for each in (claim.shift, self.dataset) if each)
        identity = f"{claim.name}{other}/{self.cell.part}/{self.cell.arm}/{self.cell.key}"
        tags = {"deepclaims.claim": claim.name}
        title = claim.id + (f" seeds +{claim.shift}" if claim.shift else "")
        title += f" on {self.dataset}" if self.dataset else ""
        parent = Parent(claim.name + other, title, tags)
        return LogEntry(self.cell, claim.chapter, identity, self.seeds, parent)


@dataclass(frozen=True)
class Planner:
    """Plans the cells of claims.

    Args:
        project: whose configs and prepared data.
        store: the run cache, which knows what the choosing seeds gave.
        stack: which trainings are stacked.
        dataset: what stands in the place of the data set it is alike to; "" for none.
    """

    project: Project
    store: RunStore
    stack: str = "auto"
    dataset: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_composer", Composer(self.project.conf))

    def first(self, claims: Sequence[Claim]) -> list[Planned]:
        """The first go: what is not tuned, and the choosing seeds at every value of what is.

        Raises:
            ConfigError: when a part's overrides do not compose.
            StageError: when the prepared data are not there.
        """
        return [
            each for claim in claims for part in claim.parts for each in self._first(claim, part)
        ]

    def wider(self, plan: Sequence[Planned]) -> list[Planned]:
        """The choosing seeds beyond grids at whose ends a choice fell; empty where none did."""
        return [
            self._beyond(choice, value)
            for choice in self._choices(plan)
            if choice.tune.edge == "widen" and choice.on_edge
            for value in choice.choice.wider()
        ]

    def second(self, plan: Sequence[Planned]) -> list[Planned]:
        """The reporting seeds, at what was chosen and at the values that the file names."""
        found: list[Planned] = []
        for choice in self._choices(plan):
            for value in (choice.value, *choice.tune.also):
                variants = [value] if choice.tune.stacked else []
                axes = {**choice.where, **value}
                found.append(self._planned(choice.results.claim, choice.part, choice.arm, axes,
                                           choice.part.seeds, variants))  # fmt: skip
        return found

    def _first(self, claim: Claim, part: Part) -> Iterator[Planned]:
        if part.tune is None:
            for arm, axes in part.points():
                yield self._planned(claim, part, arm, axes, part.seeds)
        elif part.tune.stacked:
            variants = part.tune.combinations(part.grid)
            for arm, axes in part.untuned():
                yield self._planned(claim, part, arm, axes, part.tune.seeds, variants, chooses=True)
        else:
            for arm, axes in part.points():
                yield self._planned(claim, part, arm, axes, part.tune.seeds, chooses=True)

    def _beyond(self, choice: Tuned, value: Value) -> Planned:
        """The choosing seeds at a value beyond the grid; a stack has all combinations with it."""
        tune, variants = choice.tune, []
        if tune.stacked:
            value = {axis: each for axis, each in value.items() if each != choice[axis]}
            variants = tune.combinations(choice.part.grid, value)
        axes = {**choice.where, **value}
        return self._planned(
            choice.results.claim, choice.part, choice.arm, axes, tune.seeds, variants, chooses=True
        )

    def _planned(
        self,
        claim: Claim,
        part: Part,
        arm: str | None,
        axes: Mapping[str, Any],
        seeds: tuple[int, ...],
        variants: Sequence[Mapping[str, Any]] = (),
        *,
        chooses: bool = False,
    ) -> Planned:
        composer: Composer = self._composer  # type: ignore[attr-defined]
        cell = cell_of(
            claim, part, arm or "", dict(axes), composer, self.project, self.stack, variants,
            self.dataset, chooses,
        )  # fmt: skip
        return Planned(claim, part, cell, seeds, self.dataset)

    def _choices(self, plan: Sequence[Planned]) -> Iterator[Tuned]:
        """All that is chosen among what the choosing seeds of a plan gave, as far as it is done."""
        from deepclaims.sweep.table import results_of

        own: dict[tuple[str, str], list[Planned]] = {}
        for each in plan:
            if each.part.tune is not None:
                own.setdefault((each.claim.name, each.part.name), []).append(each)
        for members in own.values():
            claim, part = members[0].claim, members[0].part
            cells = [(each.cell, self._replicas(each)) for each in members]
            if all(replicas for _, replicas in cells):
                yield from Results.every_choice(results_of(claim, cells), part)

    def _replicas(self, planned: Planned) -> list[Any]:
        assert planned.part.tune is not None
        seeds = planned.part.tune.seeds
        if not all(self.store.has(planned.cell.key, seed) for seed in seeds):
            return []
        return [self.store.load(planned.cell.key, seed) for seed in seeds]


def merged(plan: Sequence[Planned]) -> list[Planned]:
    """The same cells, each once, wanted for all the seeds it is wanted for somewhere.

    Two cells of one config are two: on a stand-in, which has fewer samples than either asks for.
    """
    found: dict[tuple[str, str], Planned] = {}
    for each in plan:
        place = each.entry.identity, repr(sorted(each.cell.axes.items()))
        seeds = (*found[place].seeds, *each.seeds) if place in found else each.seeds
        found[place] = replace(each, seeds=tuple(dict.fromkeys(seeds)))
    return list(found.values())


def as_far_as_known(planner: Planner, claims: Sequence[Claim]) -> list[Planned]:
    """Every cell of the claims, those of the second go as far as the first is in the run cache."""
    plan = planner.first(claims)
    return merged([*plan, *planner.second(plan)])
