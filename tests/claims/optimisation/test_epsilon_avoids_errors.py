from functools import partial

import numpy as np
import pytest
import torch

from deepclaims.claims.optimisation.epsilon_avoids_errors import measure
from deepclaims.claims.optimisation.epsilon_avoids_errors.judge import judge
from deepclaims.evidence.outcome import Outcome

NAME = "optimisation/epsilon-avoids-errors"
CONFIG = {"rule": "adagrad", "inputs": "dead", "precision": "float32", "eps": 1e-8, "width": 4,
          "samples": 16, "steps": 20, "late": 5, "alpha": 0.1, "beta1": 0.9, "beta2": 0.999,
          "tiny": {"float16": 3e-6, "float32": 1e-30, "float64": 1e-170}}  # fmt: skip


def imagine(part, arm, axes, seed, *, saves=True, needed=True, only_ailing=True):
    """A world in which ε saves the parameters, or does not; without it some are lost, or none."""
    ails = axes["inputs"] != "varied" or not only_ailing
    lost = ails and (needed if axes["eps"] == 0 else not saves)
    return Outcome({"not_numbers": 8.0 * lost, "broken_at": 1.0 * lost, "distance": 1e-9})


def test_supported_where_epsilon_saves_them(imagined, ruling):
    results = imagined(NAME, imagine)
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)


def test_refuted_where_it_does_not(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, saves=False))) == "refuted"


@pytest.mark.parametrize("world", [{"needed": False}, {"only_ailing": False}])
def test_inconclusive_where_there_is_nothing_to_avoid_or_another_cause(imagined, ruling, world):
    assert ruling(imagined(NAME, partial(imagine, **world))) == "inconclusive"


def test_as_measured_it_is_supported(measured_here, ruling):
    results = measured_here(NAME, changes={"seeds.first": 50})
    assert ruling(results) == "supported"
    assert max(each.value for each in judge(results)["half_precision"]) == 8


def test_zero_over_zero_comes_with_the_first_step_and_the_late_input_is_one():
    without = {**CONFIG, "eps": 0.0}
    assert measure.walks(without, 3).metrics["broken_at"] == 1
    assert measure.walks({**without, "inputs": "late"}, 3).metrics["broken_at"] == 1
    assert measure.walks({**without, "inputs": "varied"}, 3).metrics["not_numbers"] == 0


def test_the_walk_is_torch_s_adagrad_where_epsilon_is_zero():
    """Where ε stands is the only difference from `torch.optim.Adagrad`, and 0 stands nowhere."""
    config = {**CONFIG, "inputs": "varied", "precision": "float64", "eps": 0.0}
    x, y = measure.data(config, 5)
    theta = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    torchs = torch.optim.Adagrad([theta], lr=0.1, eps=0.0)
    for sample, target in zip(x, y, strict=True):
        torchs.zero_grad()
        (0.5 * (sample @ theta - target) ** 2).backward()
        torchs.step()
    ours, _ = measure._walk(config, 5, 0.0)
    assert torch.allclose(ours, theta.detach(), rtol=1e-10)


def test_what_is_the_matter_with_the_first_input():
    x = {each: measure.data({**CONFIG, "inputs": each}, 1)[0][:, 0].numpy()
         for each in ("varied", "dead", "late")}  # fmt: skip
    assert (x["varied"] != 0).all()
    assert (x["dead"] == 0).all()
    assert (x["late"][:5] == 0).all()
    assert np.array_equal(x["late"][5:], x["varied"][5:])


@pytest.mark.parametrize("precision", measure.PRECISIONS)
def test_the_tiny_input_is_not_zero_and_its_square_is(precision):
    x, _ = measure.data({**CONFIG, "inputs": "tiny", "precision": precision}, 1)
    first = x[:, 0].to(measure.PRECISIONS[precision])
    assert (first != 0).all()
    assert (first**2 == 0).all()
