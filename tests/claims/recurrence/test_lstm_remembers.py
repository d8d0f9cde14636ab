import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.recurrence import lstm_remembers
from deepclaims.claims.recurrence.recurrent_replicas import draw_gated, draw_plain
from deepclaims.evidence.outcome import Curve, Outcome

NAME = "recurrence/lstm-remembers"
AS_MEASURED = {"rnn": (1.0, 0.1), "lstm": (1.0, 0.0), "lstm_open": (1.0, 0.95), "quiet": 1.0,
               "cell": {"zero": -9.0, "open": -0.3}}  # fmt: skip


@pytest.fixture
def world(imagined):
    """`world(rnn=(near, far), …)`: success rates at 5 and at 40 steps."""

    def make(**rates):
        rates = {**AS_MEASURED, **rates}

        def outcome(part, arm, axes, seed):
            if part.name == "cell":
                left = rates["cell"][axes["gates"]] + 0.1 * np.random.default_rng(seed).random()
                return Outcome({"left": left}, {"left": Curve([4, 40], [left / 10, left])})
            near, far = rates[axes["kind"]]
            rate = rates["quiet"] if part.name == "quiet" else far if axes["lag"] == 40 else near
            tuning = pd.DataFrame({"law": ["orthogonal"], "rate": [0.01], "accuracy": [rate]})
            metrics = {"successes": float(round(24 * rate)), "trials": 24.0}
            return Outcome(metrics, {}, {"tuning": tuning})

        return imagined(NAME, outcome)

    return make


def test_as_measured_gates_alone_do_not_do_it(world, ruling):
    assert ruling(world()) == "corrected"


def test_where_half_open_gates_hold_it_is_supported(world, ruling):
    assert ruling(world(lstm=(1.0, 1.0))) == "supported"


def test_where_open_gates_do_no_better_it_is_refuted(world, ruling):
    assert ruling(world(lstm_open=(1.0, 0.05))) == "refuted"


def test_where_the_rnn_forgets_nothing_it_is_refuted(world, ruling):
    assert ruling(world(rnn=(0.9, 1.0))) in ("refuted", "inconclusive")
    assert ruling(world(rnn=(1.0, 1.0))) == "refuted"


def test_where_half_open_cells_keep_all_the_repair_is_wrong(world, ruling):
    assert ruling(world(cell={"zero": -0.3, "open": -0.3})) == "refuted"


@pytest.mark.parametrize("changed", [{"lstm": (0.3, 0.0)}, {"quiet": 0.3}])
def test_where_a_control_fails_nothing_is_concluded(world, ruling, changed):
    assert ruling(world(**changed)) == "inconclusive"


def test_a_shallow_run_judges_and_draws(measured_here, ruling):
    results = measured_here(NAME, changes={"seeds.first": 300})
    assert ruling(results) in ("inconclusive", "refuted", "corrected")
    for language in ("es", "en"):
        drawn = lstm_remembers.draw(results, language)
        assert set(drawn) == set(results.claim.text["figures"])


def test_the_compared_nets_have_nearly_as_many_parameters():
    generator = torch.Generator().manual_seed(0)
    rnn = draw_plain("orthogonal", 1, (5, 26, 4), generator)
    lstm = draw_gated("orthogonal", 1, (5, 12, 4), 40, generator)
    sizes = [sum(w.numel() for w in weights.values()) for weights in (rnn, lstm)]
    assert sizes == [940, 916]


def test_same_seed_same_outcome():
    config = {
        "kind": "rnn", "lag": 4, "noise": 1.0, "width": {"rnn": 8}, "rates": [0.01, 0.03],
        "steps": 60, "batch": 16, "tried": 1, "reported": 2, "success": 0.95,
    }  # fmt: skip
    one, again, other = (lstm_remembers.remember(config, seed) for seed in (3, 3, 4))
    assert one.metrics == again.metrics
    pd.testing.assert_frame_equal(one.tables["tested"], again.tables["tested"])
    assert not one.tables["tested"]["accuracy"].equals(other.tables["tested"]["accuracy"])
