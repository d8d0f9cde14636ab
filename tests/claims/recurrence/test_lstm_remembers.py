import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.recurrence.lstm_remembers import measure
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.nn.stacked_recurrent import draw_gated, draw_plain

NAME = "recurrence/lstm-remembers"
AS_MEASURED = {"rnn": (1.0, 0.1), "lstm": (1.0, 0.0), "lstm_open": (1.0, 0.95), "quiet": 1.0,
               "sums": {"adding_rnn": (1.0, 0.1), "adding_lstm": 0.9, "adding_lstm_open": 1.0},
               "cell": {"zero": -9.0, "open": -0.3}}  # fmt: skip


@pytest.fixture
def world(imagined):
    """`world(rnn=(near, far), …)`: success rates at 5 and at 40 steps."""

    def make(**rates):
        rates = {**AS_MEASURED, **rates}

        def outcome(part, arm, axes, seed, variants=()):
            if part.name == "cell":
                left = rates["cell"][axes["gates"]] + 0.1 * np.random.default_rng(seed).random()
                return Outcome({"left": left}, {"left": Curve([4, 40], [left / 10, left])})
            if len(variants) > 1:
                inside = 0.003 if part.name == "adding_rnn" else 0.01  # its grid
                scores = [0.5 - 0.1 * (each["rate"] == inside) for each in variants]
                return Outcome({}, {"score": Curve(range(len(variants)), scores)})
            known = rates["sums"].get(part.name) or rates[part.name]
            far = axes.get("lag") == 40 or axes.get("length") == 50
            rate = known[far] if isinstance(known, tuple) else known
            return Outcome({"successes": float(round(24 * rate)), "trials": 24.0})

        return imagined(NAME, outcome)

    return make


FORGETS, STUDY = "L1.s65.3", "study"


def test_as_measured_gates_alone_do_not_do_it(world, ruling, rulings):
    assert rulings(world()) == {FORGETS: "supported", STUDY: "corrected"}
    assert ruling(world()) == "supported"  # a study beside a sentence decides nothing


def test_a_repair_may_by_chance_have_the_number_of_a_check_that_holds(world, rulings):
    """23 of 24 less 2 of 24, of the RNN near and far and of open LSTM and RNN far."""
    same = world(rnn=(23 / 24, 2 / 24), lstm_open=(1.0, 23 / 24))
    assert rulings(same)[STUDY] == "inconclusive"  # 23 of 24 leave a control open


def test_where_half_open_gates_hold_the_study_is_supported(world, rulings):
    assert rulings(world(lstm=(1.0, 1.0)))[STUDY] == "supported"


def test_where_open_gates_do_no_better_it_is_refuted(world, rulings):
    assert rulings(world(lstm_open=(1.0, 0.05))) == {FORGETS: "supported", STUDY: "refuted"}


def test_where_the_rnn_forgets_nothing_that_is_not_supported(world, rulings):
    assert rulings(world(rnn=(1.0, 1.0))) == {FORGETS: "inconclusive", STUDY: "refuted"}


def test_where_the_rnn_adds_as_well_far_as_near_that_is_not_supported(world, rulings):
    sums = {**AS_MEASURED["sums"], "adding_rnn": (1.0, 1.0)}
    assert rulings(world(sums=sums)) == {FORGETS: "inconclusive", STUDY: "corrected"}


def test_how_often_lstms_add_decides_nothing(world, rulings):
    sums = {**AS_MEASURED["sums"], "adding_lstm": 0.1, "adding_lstm_open": 0.1}
    assert rulings(world(sums=sums)) == {FORGETS: "supported", STUDY: "corrected"}


def test_where_half_open_cells_keep_all_the_repair_is_wrong(world, rulings):
    assert rulings(world(cell={"zero": -0.3, "open": -0.3}))[STUDY] == "refuted"


@pytest.mark.parametrize("changed", [{"lstm": (0.3, 0.0)}, {"quiet": 0.3}])
def test_where_a_control_fails_nothing_is_concluded(world, ruling, changed):
    assert ruling(world(**changed)) == "inconclusive"


@pytest.mark.slow
def test_a_shallow_run_is_judged(measured_here, ruling):
    parts = ("rnn", "lstm", "lstm_open", "quiet", "adding_rnn", "adding_lstm", "adding_lstm_open")
    apart = {f"parts.{part}.tune.seeds.first": 310 for part in parts}
    assert ruling(measured_here(NAME, changes={"seeds.first": 300, **apart})) == "inconclusive"


def test_the_compared_nets_have_nearly_as_many_parameters():
    generator = torch.Generator().manual_seed(0)
    rnn = draw_plain("orthogonal", 1, (5, 26, 4), generator)
    lstm = draw_gated("orthogonal", 1, (5, 12, 4), 40, generator)
    sizes = [sum(w.numel() for w in weights.values()) for weights in (rnn, lstm)]
    assert sizes == [940, 916]


CONFIG = {
    "cell": "rnn", "lag": 4, "noise": 1.0, "width": 8, "steps": 60, "batch": 16, "tried": 1,
    "reported": 2, "success": 0.95, "variants": [{"law": "torch", "rate": 0.01}],
}  # fmt: skip


def test_same_seed_same_outcome():
    one, again, other = (measure.remember(CONFIG, seed) for seed in (3, 3, 4))
    assert one.metrics == again.metrics
    pd.testing.assert_frame_equal(one.tables["tested"], again.tables["tested"])
    assert not one.tables["tested"]["accuracy"].equals(other.tables["tested"]["accuracy"])


def test_choosing_scores_every_variant_and_prefers_few_steps_among_equals():
    variants = [{"law": "torch", "rate": rate} for rate in (0.0, 0.01, 0.03)]
    found = measure.remember({**CONFIG, "variants": variants}, 3)
    accuracy, score = (np.array(found.curves[name].values) for name in ("accuracy", "score"))
    assert found.metrics == {}
    assert score[1:].max() < score[0]
    assert ((score > 1 - accuracy) & (score <= 1 - accuracy + 1e-3 + 1e-6)).all()
