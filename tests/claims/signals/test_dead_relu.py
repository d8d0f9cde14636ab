import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.signals.dead_relu import measure
from deepclaims.evidence.outcome import Outcome

NAME = "signals/dead-relu"


@pytest.fixture
def world(imagined):
    """ReLU kills more the larger the rate; Leaky leaves `left` of that off."""

    def make(killed=0.4, left=0.3, others=0.95, silent=0.0, revives=0.0, default=0.01):
        def outcome(part, arm, axes, seed):
            random = np.random.default_rng([seed, len(part.name)])
            rows = []
            for rate in part.params["rates"]:
                for slope in part.params["slopes"]:
                    off = killed if rate > 0.001 else default
                    off *= (left if slope else 1.0) * (1 + 0.05 * random.normal())
                    relu = slope == 0
                    rows.append({
                        "rate": rate, "slope": slope, "off_before": 0.0, "off_after": off,
                        "killed": off, "revived": revives if relu else 0.8,
                        "off_for_others": others + 0.01 * random.normal(),
                        "silent": off if relu else silent, "error": 0.1,
                    })  # fmt: skip
            return Outcome({}, {}, {"units": pd.DataFrame(rows)})

        return imagined(NAME, outcome)

    return make


def test_supported_where_relu_kills_and_leaky_saves(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"killed": 0.02}, "refuted"),
        ({"left": 1.0}, "refuted"),
        ({"others": 0.5}, "refuted"),
        ({"silent": 0.1}, "refuted"),
        ({"revives": 0.5}, "inconclusive"),
        ({"default": 0.3}, "inconclusive"),
    ],
)
def test_where_it_is_not(world, ruling, changes, expected):
    assert ruling(world(**changes)) == expected


@pytest.fixture
def units(monkeypatch):
    """The table of a small training, by slope."""
    images = torch.randn(200, 20, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(10, (200,), generator=torch.Generator().manual_seed(1))
    monkeypatch.setattr(measure.dense_stack, "digits", lambda config: (images, labels))

    def train(bias, steps=20):
        config = {"optimiser": "adam", "rates": [0.01], "slopes": [0.0, 0.3], "bias": bias,
                  "widths": [16], "images": 200, "steps": steps, "batch": 20}  # fmt: skip
        return measure.units(config, 1).tables["units"].set_index("slope")

    return train


def test_what_no_image_switches_on_stays_off_with_relu_alone(units):
    table = units(-20.0)
    assert table.loc[0.0, ["off_before", "off_after", "silent"]].tolist() == [1.0, 1.0, 1.0]
    assert table.loc[0.0, "revived"] == 0.0
    assert table["silent"].iloc[1] == 0.0


def test_with_leaky_they_come_back(units):
    assert units(-4.0, 200)["revived"].iloc[1] > 0.5


def test_nothing_is_off_where_nothing_was_done(units):
    table = units(0.0, 0)
    assert (table[["off_before", "killed"]] == 0).all().all()
    assert table["revived"].isna().all()
