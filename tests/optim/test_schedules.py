import math

import pytest
import torch

from deepclaims.errors import ConfigError
from deepclaims.optim.schedules import schedule_factors

STEPS, PER_EPOCH = 40, 8


def factors(name, **options):
    return schedule_factors({"name": name, **options}, STEPS, PER_EPOCH)


def torch_factors(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if len(rates) < STEPS:
            scheduler.step()
    return rates


LR = torch.optim.lr_scheduler
TORCH = {
    "onecycle": lambda o: LR.OneCycleLR(o, 1.0, total_steps=STEPS, cycle_momentum=False),
    "cosine": lambda o: LR.CosineAnnealingLR(o, T_max=STEPS),
    "linear": lambda o: LR.LinearLR(o, 1.0, 0.0, total_iters=STEPS),
    "step": lambda o: LR.StepLR(o, PER_EPOCH, gamma=0.5),
    "exponential": lambda o: LR.StepLR(o, PER_EPOCH, gamma=0.9),
}


@pytest.mark.parametrize("name", sorted(TORCH))
def test_schedule_is_torchs(name):
    assert factors(name) == pytest.approx(torch_factors(TORCH[name]), abs=1e-12)


EPOCHS = [1 + t // PER_EPOCH for t in range(STEPS)]


@pytest.mark.parametrize(
    ("name", "options", "formula"),
    [
        ("hyperbolic", {"delta": 0.5}, lambda e: 1.5 / (1 + 0.5 * e)),
        ("exponential", {"gamma": 0.8}, lambda e: 0.8 ** (e - 1)),
        ("inverse_sqrt", {}, lambda e: 1 / math.sqrt(e)),
        (
            "piecewise",
            {"epochs": [2, 4], "factors": [0.3, 0.1]},
            {1: 1, 2: 1, 3: 0.3, 4: 0.3, 5: 0.1}.get,
        ),
    ],
)
def test_the_slides_decay_laws(name, options, formula):
    assert factors(name, **options) == pytest.approx([formula(e) for e in EPOCHS], abs=1e-15)


def test_constant_needs_no_factors():
    assert factors("constant") is None


def test_one_step_is_possible():
    for name in ("linear", "cosine", "onecycle", "step"):
        assert all(math.isfinite(f) for f in schedule_factors({"name": name}, 1, 1))


def test_what_does_not_exist_is_refused():
    with pytest.raises(ConfigError, match=r"'cyclic'.*onecycle"):
        factors("cyclic")
    with pytest.raises(ConfigError, match="rising epochs"):
        factors("piecewise", epochs=[4, 2], factors=[1, 2])
