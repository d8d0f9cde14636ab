"""A check that many must pass: the member hardest to bring under it speaks for all of them.

Its interval is at the Bonferroni level 1 − (1 − level)/m and its p-values are multiplied by m, so
that a violation found among m looks is no artefact of having looked m times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deepclaims.evidence.estimate import Bound, Estimate, Relation, ends, number


def hardest(
    estimates: Sequence[Estimate], relation: str, bound: Bound, level: float = 0.95
) -> Estimate:
    """The member of a family that speaks for a relation all must satisfy.

    A member that fails comes before one that is open, and that before one that holds: an open one
    never hides a failure. Among its like the largest p-value speaks, which is that of the family
    (intersection–union test, Berger 1982); where these are equal, the largest margin missed.

    Args:
        estimates: the family, m members.
        relation: above, below, within or outside.
        bound: what the relation refers to.
        level: simultaneous confidence of the family.

    Raises:
        ValueError: for an empty family.
    """
    if not estimates:
        raise ValueError("an empty family has no member")
    size = len(estimates)
    family = [estimate.at(1 - (1 - level) / size, size) for estimate in estimates]
    return max(family, key=lambda member: _hardness(member, Relation(relation), bound))


@dataclass(frozen=True)
class OneQuantity:
    """Several intervals of one quantity, such as one over seeds and one over patients."""

    estimates: Sequence[Estimate]


def least_decided(measured: OneQuantity, relation: str, bound: Bound) -> Estimate:
    """Of several intervals of one quantity the one that says least about a relation.

    It holds, or fails, only where it does by all of them: no correction for several looks is due.
    """

    def doubt(estimate: Estimate) -> float:
        return min(estimate.p_value(relation, bound), estimate.p_against(relation, bound))

    return max(measured.estimates, key=doubt)


def _hardness(member: Estimate, relation: Relation, bound: Bound) -> tuple[float, float, float]:
    rank = {True: 0.0, None: 1.0, False: 2.0}[member.satisfies(relation, bound)]
    return rank, member.p_value(relation, bound), _margin(member, relation, bound)


def _margin(member: Estimate, relation: Relation, bound: Bound) -> float:
    """By how much the worse end of the interval misses the bound; negative inside it."""
    if relation is Relation.ABOVE:
        return number(bound) - member.low
    if relation is Relation.BELOW:
        return member.high - number(bound)
    first, last = ends(bound)
    if relation is Relation.WITHIN:
        return max(first - member.low, member.high - last)
    return min(member.high - first, last - member.low)
