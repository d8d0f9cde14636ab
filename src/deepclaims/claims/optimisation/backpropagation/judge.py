"""The largest disagreements over all nets and neurons."""

from __future__ import annotations

from deepclaims.claims.results import Results
from deepclaims.evidence.estimate import Estimate, exact


def judge(results: Results) -> dict[str, Estimate]:
    """The largest disagreement over all nets, and the smallest of the wrong δ: no luck in it."""

    def extreme(part: str, metric: str, which: str) -> Estimate:
        values = results.rows(part, metric)["value"]
        return exact(float(getattr(values, which)()), n=len(values))

    return {
        "equals_autograd": extreme("chain", "autograd_difference", "max"),
        "equals_finite_differences": extreme("chain", "finite_difference", "max"),
        "neuron_equals_autograd": extreme("neuron", "neuron_difference", "max"),
        "wrong_delta_is_seen": extreme("chain", "wrong_delta_difference", "min"),
        "neuron_without_step_is_seen": extreme("neuron", "neuron_wrong_difference", "min"),
        "some_units_are_inactive": extreme("neuron", "neuron_inactive", "min"),
    }
