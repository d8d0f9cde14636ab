"""Gaps of identities, exact; differences of test error between Adam and its rivals on MNIST."""

from __future__ import annotations

import numpy as np

from deepclaims.claims.extremes import extreme
from deepclaims.claims.results import Results, Tuned
from deepclaims.evidence.estimate import Estimate, exact
from deepclaims.evidence.statistics import paired_difference


def judge(results: Results) -> dict[str, Estimate]:
    """Gaps are the largest over seeds; differences are in percentage points."""

    def gap(*names: str) -> Estimate:
        values = np.concatenate([results.values("identities", name) for name in names])
        return exact(float(values.max()), len(values))

    methods = tuned(results)
    errors = {name: 100 * method.reported("test_error") for name, method in methods.items()}
    return {
        "two_halves": gap("rmsprop_gap", "momentum_gap"),
        "printed_is_text": gap("printed_gap"),
        "gain_over_rmsprop": paired_difference(errors["RMSprop"], errors["Adam"]),
        "hatted_is_adam": gap("hatted_gap"),
        "printed_is_warm_up": gap("warm_up_gap"),
        "hat_not_needed": paired_difference(errors["printed"], errors["Adam"]),
        "rmsprop_not_behind": paired_difference(errors["RMSprop"], errors["Adam"]),
        "no_momentum_no_hat": gap("no_momentum_gap"),
        "wrong_hat_seen": extreme(results, "identities", "late_hat_gap", "min"),
        "rates_interior": exact(float(np.mean([each.on_edge for each in methods.values()]))),
    }


def tuned(results: Results) -> dict[str, Tuned]:
    """Adam, the printed formula and RMSprop on MNIST, each at the rate its choosing seeds chose."""
    return {
        "Adam": results.tuned("mnist", "adam"),
        "printed": results.tuned("mnist", "printed"),
        "RMSprop": results.tuned("mnist_rmsprop", "rmsprop"),
    }
