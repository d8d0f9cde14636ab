import numpy as np
import pandas as pd
import pytest
import torch

from deepclaims.claims.signals.variance_recursion import measure
from deepclaims.evidence.outcome import Outcome

NAME = "signals/variance-recursion"


@pytest.fixture
def world(imagined):
    """Ratios that are `true` up to luck; asymmetric z, tanh and sigmoid by the factors given."""

    def make(neuron=1.0, layer=1.0, kept=1.0, shifted=1.9, other=0.7, fresh=1.0):
        def outcome(part, arm, axes, seed):
            random = np.random.default_rng([seed, len(part.name), *map(int, axes.values())])
            if part.name == "neuron":
                cases = part.params["cases"]
                ratios = [
                    (other if g != "relu" else shifted if law == "shifted" else neuron)
                    * (1 + 0.01 * random.normal())
                    for law, g, _, _ in cases
                ]
                table = pd.DataFrame(cases, columns=["law", "activation", "d", "scale"])
                return Outcome({}, {}, {"neuron": table.assign(ratio=ratios)})
            luck = 1 + 0.01 * random.normal()
            if part.name == "training":
                return Outcome({"fresh": fresh * luck, "trained": 0.5 * luck})
            return Outcome({"ratio": layer * luck, "kept": kept * luck, "typical": 0.6 * luck})

        return imagined(NAME, outcome)

    return make


def test_supported_where_it_is_true(world, ruling):
    assert ruling(world()) == "supported"


@pytest.mark.parametrize(
    ("changes", "sentence", "expected"),
    [
        ({"neuron": 1.2}, "L1.s33.3", "refuted"),
        ({"layer": 1.1}, "L1.s34.1", "refuted"),
        ({"kept": 0.5}, "L1.s34.2", "inconclusive"),  # doubtfully transcribed
        ({"shifted": 1.0}, "L1.s33.3", "inconclusive"),
        ({"other": 1.0}, "L1.s34.1", "inconclusive"),
        ({"fresh": 1.5}, "L1.s34.2", "inconclusive"),
    ],
)
def test_where_it_is_not(world, rulings, changes, sentence, expected):
    assert rulings(world(**changes))[sentence] == expected


@pytest.mark.parametrize("law", measure.LAWS)
def test_laws_are_symmetric_but_for_the_last(law):
    z = measure.LAWS[law](20_000, 3, torch.Generator().manual_seed(0))
    assert float((z > 0).float().mean()) == pytest.approx(
        0.84 if law == "shifted" else 0.5, abs=0.02
    )


def test_a_neuron_has_half_the_variance():
    config = {"cases": [["laplace", "relu", 16, 3], ["shifted", "relu", 16, 2]], "draws": 20_000}
    ratios = measure.neuron(config, 0).tables["neuron"]["ratio"]
    assert ratios[0] == pytest.approx(1.0, abs=0.08)
    assert ratios[1] == pytest.approx(1.92, abs=0.15)  # 2 E[z² 1{z > 0}]/E[z²] of N(1, 1)


def test_layers_multiply_by_half_the_scale_on_average():
    config = {"width": 16, "scale": 3, "depth": 10, "nets": 256}
    outcome = measure.layers(config, 0)
    assert outcome.metrics["ratio"] == pytest.approx(1.0, abs=0.05)
    assert outcome.curves["mean"].values[0] == 1.0
    assert outcome.metrics["typical"] < outcome.metrics["kept"]
    assert outcome == measure.layers(config, 0)


def test_a_net_is_followed_while_it_learns(monkeypatch):
    images = torch.randn(300, 20, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(10, (300,), generator=torch.Generator().manual_seed(1))
    monkeypatch.setattr(measure.dense_stack, "digits", lambda config: (images, labels))
    config = {"depth": 3, "width": 128, "images": 300, "steps": 4, "look": 2, "batch": 16}
    outcome = measure.training({**config, "rate": 0.03}, 1)
    assert list(outcome.curves["ratio"].steps) == [0, 2, 4]
    assert outcome.metrics["fresh"] == pytest.approx(1.0, abs=0.25)
