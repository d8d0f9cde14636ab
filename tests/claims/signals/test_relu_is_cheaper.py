import numpy as np
import pandas as pd
import pytest

from deepclaims.claims.signals.relu_is_cheaper import measure
from deepclaims.evidence.outcome import Outcome

NAME = "signals/relu-is-cheaper"


@pytest.fixture
def world(imagined):
    """Times over the sigmoid's, with a little noise."""

    def make(relu=0.3, again=1.0):
        def outcome(part, arm, axes, seed):
            random = np.random.default_rng(seed)
            ratios = {"relu": relu, measure.AGAIN: again, "sigmoid": 1.0, "tanh": 3.0}
            rows = [
                (work, size, name, 1e-5, ratio * np.exp(0.03 * random.normal()))
                for work in ("forward", "both", "step")
                for size in part.params["sizes"]
                for name, ratio in ratios.items()
            ]
            columns = ["work", "size", "function", measure.SECONDS, measure.RATIO]
            return Outcome({}, {}, {"times": pd.DataFrame(rows, columns=columns)})

        return imagined(NAME, outcome)

    return make


def test_supported_where_it_takes_less(world, ruling):
    assert ruling(world()) == "supported"


def test_refuted_where_it_takes_as_long(world, ruling):
    assert ruling(world(relu=1.0)) == "refuted"


def test_inconclusive_where_it_does_not_take_as_long_as_itself(world, ruling):
    assert ruling(world(again=1.5)) == "inconclusive"


def test_each_function_is_timed_at_every_size():
    config = {"sizes": [64, 128], "rounds": {"forward": 3, "both": 2, "step": 2},
              "net": {"batch": 4, "width": 8, "depth": 1}}  # fmt: skip
    found = measure.times(config, 1).tables
    table = found["times"]
    assert len(table) == (2 * 2 + 1) * len(measure.FUNCTIONS)
    assert (table[measure.SECONDS] > 0).all()
    assert (table.loc[table["function"] == "sigmoid", measure.RATIO] == 1.0).all()
    assert found["device"][measure.NAME][0].startswith("CPU")
