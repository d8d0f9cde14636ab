from functools import partial
from itertools import combinations, islice

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from deepclaims.claims.approximation.grid_search_wasteful import nets
from deepclaims.claims.approximation.grid_search_wasteful.boxes import box, grid, sought
from deepclaims.claims.approximation.grid_search_wasteful.judge import judge
from deepclaims.claims.approximation.grid_search_wasteful.measure import chosen
from deepclaims.claims.approximation.grid_search_wasteful.nets import train
from deepclaims.data.splits import Split, Splits
from deepclaims.evidence.outcome import Curve, Outcome
from deepclaims.optim.search_points import points

NAME = "approximation/grid-search-wasteful"
BOX = {
    "lr": {"good": 0.1, "width": 4, "log": True},
    "dropout": {"good": 0.2, "width": 0.4, "low": 0.0},
}


# --- points --------------------------------------------------------------------------------


def test_points_are_those_of_the_projects_sweepers():
    from deepclaims.sweep.compose import parse
    from hydra_plugins.deepclaims_sweepers import DeepclaimsSweeper, RandomSweeper

    axes = box(BOX, ["lr", "dropout"], [0.0, 0.3], seed=5)
    lr, dropout = axes
    words = [
        f"lr=tag(log, interval({lr.low!r}, {lr.high!r}))",
        f"dropout=interval({dropout.low!r}, {dropout.high!r})",
    ]
    jobs = RandomSweeper(20, 5, "random").jobs(parse(words))
    assert jobs == [[f"lr={a}", f"dropout={b}"] for a, b in sought(axes, "random", 5, 20)]
    assert [a for a, _ in jobs] != sorted(a for a, _ in jobs)
    words = ["lr=" + ",".join(map(lr.at, (1 / 4, 3 / 4)))]
    words += ["dropout=" + ",".join(map(dropout.at, (1 / 6, 3 / 6, 5 / 6)))]
    jobs = DeepclaimsSweeper(None).jobs(parse(words))
    assert len(jobs) == 6
    assert jobs == [[f"lr={a}", f"dropout={b}"] for a, b in grid(axes, [2, 3])]


def test_a_search_is_that_of_the_box_and_a_grid_has_all_its_points():
    axes = box(BOX, ["lr", "dropout"], [0.0, 0.3], seed=5)
    assert sought(axes, "random", 5, 9) == list(islice(points(axes, "random", 5), 9))
    assert len(grid(axes, [4, 8])) == len(set(grid(axes, [4, 8]))) == 32


def test_a_box_lies_where_it_should():
    centred, off = (box(BOX, ["lr"], [shift, shift], seed=1)[0] for shift in (0.0, 0.25))
    assert (centred.low, centred.high) == pytest.approx((1e-3, 10.0))
    assert 0.1 in [pytest.approx(float(x)) for (x,) in grid([off], [2])]
    assert box(BOX, ["dropout"], [0.3, 0.3], seed=0)[0].low >= 0


def test_the_expected_choice_is_the_mean_over_all_subsets():
    rng = np.random.default_rng(0)
    validation, test = rng.random((2, 7))
    found = chosen(validation, test)
    for b in (1, 3, 7):
        subsets = [list(each) for each in combinations(range(7), b)]
        picks = [test[each][validation[each].argmin()] for each in subsets]
        assert found[b - 1] == pytest.approx(np.mean(picks))


# --- nets ----------------------------------------------------------------------------------


SIZES = ((4, 5), (5, 3))
"""Of the nets that torch trains too."""


def splits(rng):
    def split(n):
        y = rng.integers(0, 3, n)
        x = rng.normal(0, 0.3, (n, 1, 4, 4)) + 3.0 * np.kron(
            np.eye(4)[y].reshape(-1, 1, 2, 2), np.ones((2, 2))
        )
        return Split((torch.tensor(x, dtype=torch.float32),), torch.tensor(y))

    return Splits(split(60), split(40), split(40), "classification", 3, ((1, 4, 4),), "made")


def test_a_net_learns_with_good_values_alone_and_in_company():
    data = splits(np.random.default_rng(0))
    own = {"lr": [0.2, 1e-6], "forgetting": [0.2] * 2, "decay": [1e-4] * 2}
    own |= {"gain": [0.5] * 2, "dropout": [0.1] * 2}
    tensors = {name: torch.tensor(values) for name, values in own.items()}
    fit = {"width": 8, "steps": 150, "batch": 10}
    validation, test = train(data, tensors, fit, 0)
    assert max(validation[0], test[0]) < 0.1 < test[1]
    alone, _ = train(data, {name: each[:1] for name, each in tensors.items()}, fit, 0)
    assert alone[0] == validation[0]


def test_nets_learn_as_torchs_do(monkeypatch):
    monkeypatch.setattr(nets, "_errors", lambda weights, split: weights)
    data = splits(np.random.default_rng(0))
    own = {"lr": [0.2, 0.1], "forgetting": [0.2, 0.4], "decay": [0.1, 0.0]}
    own |= {"gain": [0.5, 1.0], "dropout": [0.0, 0.4]}
    tensors = {name: torch.tensor(values) for name, values in own.items()}
    found, _ = train(data, tensors, {"width": 5, "steps": 6, "batch": 10}, 0)
    x, y = F.avg_pool2d(data.train.inputs[0], 2).flatten(1), data.train.targets
    for r, (lr, forgetting, decay, gain, dropout) in enumerate(zip(*own.values(), strict=True)):
        draw = torch.Generator().manual_seed(0)
        w, v = (gain * torch.randn(d, out, generator=draw) * (2 / d) ** 0.5 for d, out in SIZES)
        b, c = torch.zeros(5), torch.zeros(3)
        for each in (w, b, v, c):
            each.requires_grad_()
        groups = [{"params": [w, v], "weight_decay": decay}, {"params": [b, c]}]
        sgd = torch.optim.SGD(groups, lr=lr, momentum=1 - forgetting)
        for _ in range(6):
            rows = torch.randint(len(x), (10,), generator=draw)
            mask = (torch.rand(10, 5, generator=draw) < 1 - dropout) / (1 - dropout)
            sgd.zero_grad()
            F.cross_entropy(F.relu(x[rows] @ w + b) * mask @ v + c, y[rows]).backward()
            sgd.step()
        for mine, theirs in zip(found.values(), (w, b, v, c), strict=True):
            torch.testing.assert_close(mine[r].squeeze(0), theirs, rtol=1e-4, atol=1e-6)


def test_a_net_that_tells_no_class_from_another_is_wrong_everywhere():
    """Beside one that is right as often as the largest output is the true class's."""
    generator = torch.Generator().manual_seed(0)
    split = Split((torch.rand(200, 1, 8, 8, generator=generator),), torch.arange(200) % 4)
    weights = {
        "W1": torch.randn(2, 16, 5, generator=generator),
        "b1": torch.randn(2, 1, 5, generator=generator),
        "W2": torch.randn(2, 5, 4, generator=generator),
        "b2": torch.zeros(2, 1, 4),
    }
    weights["W2"][1] = 0
    x = F.avg_pool2d(split.inputs[0], 2).flatten(1)
    found = (x @ weights["W1"][0] + weights["b1"][0]).relu() @ weights["W2"][0]
    expected = float((found.argmax(1) != split.targets).double().mean())
    assert nets._errors(weights, split).tolist() == pytest.approx([expected, 1.0])
    assert 0 < expected < 1


def test_a_net_that_diverges_is_wrong_everywhere():
    own = {"lr": 1e20, "forgetting": 0.2, "decay": 1e-4, "gain": 0.5, "dropout": 0.1}
    tensors = {name: torch.tensor([value]) for name, value in own.items()}
    fit = {"width": 8, "steps": 10, "batch": 10}
    assert train(splits(np.random.default_rng(0)), tensors, fit, 0)[1].tolist() == [1.0]


# --- made worlds ---------------------------------------------------------------------------


def imagine(part, arm, axes, seed, *, fails=0.25, luck=0.05, gain=0.0, few=0.0):
    """A grid that is as good as points at random, but fails in some seeds."""
    rng = np.random.default_rng([seed, len(part.name)])
    n = len(part.params["searched"])
    chance = few if n < 3 else fails if part.name == "unknown" else 0.0
    lost = 0.1 if rng.random() < chance else -(gain if n > 2 else 0.0)
    errors = {"grid": 0.2 + lost, "expert": 0.2, "random": 0.2}
    if rng.random() < luck and part.name == "unknown":
        errors["random"] += 0.1
    ends = {name: errors[name] + 0.005 * rng.normal() for name in [*part.params["grids"], "random"]}
    return Outcome({}, {name: Curve([1, 2], [0.5, end]) for name, end in ends.items()})


def test_supported_where_the_grid_fails_and_gains_nothing(imagined, ruling):
    results = imagined(NAME, imagine)
    assert ruling(results) == "supported"
    assert set(judge(results)) == set(results.claim.checks)


def test_refuted_where_the_grid_gains(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, gain=0.03))) == "refuted"


def test_refuted_where_points_at_random_fail_more(imagined, ruling):
    def turned(part, arm, axes, seed):
        curves = imagine(part, arm, axes, seed).curves
        if part.name == "unknown":
            curves = {**curves, "grid": curves["random"], "random": curves["grid"]}
        return Outcome({}, curves)

    assert ruling(imagined(NAME, turned)) == "refuted"


def test_open_where_nobody_fails(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, fails=0.0, luck=0.0))) == "inconclusive"


def test_nothing_is_concluded_where_few_hyperparameters_fail_too(imagined, ruling):
    assert ruling(imagined(NAME, partial(imagine, few=0.4))) == "inconclusive"
