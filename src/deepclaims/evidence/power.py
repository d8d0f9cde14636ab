"""What a check can do: how often it rules wrongly, and how often it sees an effect that matters.

From the chances of its outcomes (`chances.py`) with the truth on its bound, and at the effect. A
ruling that has to survive among the catalogue's claims, and at a later attempt, asks for more than
95 %: `level_to_survive` says how much.
"""

from __future__ import annotations

from dataclasses import dataclass

from deepclaims.evidence.chances import chances
from deepclaims.evidence.estimate import Bound, Estimate, Relation, ends, number
from deepclaims.evidence.ledger import share

LEVEL = 0.05
MOST_UNITS = 1_000_000


@dataclass(frozen=True)
class Characteristics:
    """Operating characteristics of a check.

    Args:
        false_support: chance that it holds with the truth on the (worse) bound, where it is, or
            next to it would be, false.
        false_refutation: chance that it fails with the truth there, where next to it it is true.
        power: chance that it holds with the truth at the effect.
    """

    false_support: float
    false_refutation: float
    power: float


def level_to_survive(claims: int, attempt: int = 1, checks: int = 1, error: float = LEVEL) -> float:
    """The level at which a check decides what survives as the first of Holm's family.

    A check that holds at this level has a one-sided p-value of `share(attempt) error / claims` at
    most: what its ruling is then is published, whatever the other claims came to.

    Args:
        claims: of the catalogue.
        attempt: which attempt at the claim it is; the k-th has 1/(k(k+1)) of the error.
        checks: claim checks of which one failing refutes; 1 for support, which needs all of them.
        error: probability of one wrong ruling or more in the catalogue.

    Raises:
        ValueError: for fewer than one of anything.
    """
    if min(claims, attempt, checks) < 1:
        raise ValueError(f"{claims} claims, attempt {attempt}, {checks} checks: each is 1 at least")
    return 1 - 2 * error * share(attempt) / (claims * checks)


def characteristics(
    estimate: Estimate,
    relation: str,
    bound: Bound,
    effect: float,
    n: int | None = None,
    level: float = 0.95,
) -> Characteristics:
    """Errors at the bound and power at an effect that matters.

    Args:
        estimate: gives the law and the spread.
        relation: above, below, within or outside.
        bound: a number, or `[low, high]` for within and outside.
        effect: a truth at which the check should hold.
        n: units of the experiment that is planned; those of the estimate where left out.
        level: confidence of the interval.

    Raises:
        ValueError: for a law without a known spread, or a relation and bound that do not fit.
    """
    asked = Relation(relation)
    if asked in (Relation.ABOVE, Relation.BELOW):
        edges: tuple[float, ...] = (number(bound),)
    else:
        edges = ends(bound)
    there = [chances(estimate, asked, bound, edge, n, level) for edge in edges]
    return Characteristics(
        max(each.holds for each in there),
        max(each.fails for each in there),
        chances(estimate, asked, bound, effect, n, level).holds,
    )


def needed(
    estimate: Estimate,
    relation: str,
    bound: Bound,
    effect: float,
    power: float = 0.9,
    level: float = 0.95,
) -> int:
    """The least number of units with which the check holds so often at an effect.

    Args:
        estimate: gives the law and the spread.
        relation: above, below, within or outside.
        bound: a number, or `[low, high]` for within and outside.
        effect: a truth at which the check should hold.
        power: how often it should.
        level: confidence of the interval.

    Raises:
        ValueError: when a million units are not enough: the effect does not satisfy the relation.
    """

    def enough(n: int) -> bool:
        return chances(estimate, relation, bound, effect, n, level).holds >= power

    if enough(2):
        return 2
    high = 4
    while not enough(high):
        if high > MOST_UNITS:
            raise ValueError(f"{effect} is not {relation} {bound} by enough to be shown by any n")
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
