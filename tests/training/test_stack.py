"""A stack of hand-written nets against torch, one net at a time."""

import pytest
import torch
from torch import nn

from deepclaims.optim import rules
from deepclaims.training.stack import ADAM, Descent, by_adam, join, train_stack

R, N, IN, STEPS = 3, 20, 4, 15


def problem(seed):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(R, N, IN, generator=g, dtype=torch.float64)
    y = torch.randn(R, N, generator=g, dtype=torch.float64)
    return x, y, torch.randn(R, IN, generator=g, dtype=torch.float64)


def losses(weights, batch):
    x, y = batch
    return ((x @ weights["w"][..., None])[..., 0] - y).square().mean(1)


def alone(x, y, w, optimizer):
    parameter = nn.Parameter(w.clone())
    steps = optimizer([parameter])
    for _ in range(STEPS):
        steps.zero_grad()
        (x @ parameter - y).square().mean().backward()
        steps.step()
    return parameter.detach()


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_each_replica_learns_as_torch_would_have_it_alone(name):
    x, y, w = problem(0)
    rates = torch.tensor([0.01, 0.05, 0.1], dtype=torch.float64)
    numbers = {"alpha": rates, **(ADAM if name == "adam" else {})}
    descent = Descent({"w": w}, getattr(rules, name), **numbers)
    train_stack(descent, losses, lambda left: (x[:left], y[:left]), STEPS)
    kind = torch.optim.SGD if name == "sgd" else torch.optim.Adam
    for i in range(R):
        expected = alone(x[i], y[i], w[i], lambda p, i=i: kind(p, lr=float(rates[i])))
        assert torch.allclose(descent.weights["w"][i], expected, rtol=1e-9)


def test_a_norm_is_clipped_replica_by_replica():
    x, y, w = problem(1)
    descent = Descent({"w": w}, rules.sgd, clip=0.1, alpha=1.0)
    norms = descent.step(losses(descent.weights, (x, y)))
    moved = (descent.weights["w"].detach() - w).norm(dim=1)
    assert torch.allclose(moved, norms.clamp(max=0.1))
    assert (norms > 0.1).any()


def test_who_is_done_is_left_out_and_the_others_go_on():
    x, y, w = problem(2)
    seen = []

    def look(t, descent):
        left = len(descent.weights["w"])
        seen.append((t, left))
        return torch.arange(left) > 0 if t == 4 else None

    descent = Descent({"w": w}, rules.sgd, alpha=torch.full((R,), 0.01))
    sizes = []

    def batches(left):
        sizes.append(left)
        return x[-left:], y[-left:]

    train_stack(descent, losses, batches, 7, look, every=2)
    assert seen == [(0, R), (2, R), (4, R), (6, R - 1), (7, R - 1)]
    assert sizes == [R] * 4 + [R - 1] * 3
    assert len(descent.numbers["alpha"]) == R - 1


def test_it_stops_where_all_are_done():
    x, y, w = problem(3)
    descent = Descent({"w": w}, rules.sgd, alpha=0.01)
    train_stack(
        descent, losses, lambda left: (x, y), 50, lambda t, d: torch.full((R,), t < 3), every=1
    )
    assert descent.t == 3


def test_stacks_are_joined():
    one, two = ({"w": torch.full((n, 2), float(n))} for n in (1, 3))
    assert join([one, two])["w"].shape == (4, 2)


@pytest.mark.parametrize("rates", [[0.05, 0.05, 0.05], [0.01, 0.05, 0.1]])
def test_by_adam_each_learns_as_torch_would_have_it_alone(rates):
    x, y, w = problem(5)
    descent = by_adam({"w": w}, torch.tensor(rates, dtype=torch.float64))
    train_stack(descent, losses, lambda left: (x[:left], y[:left]), STEPS)
    for i in range(R):
        expected = alone(x[i], y[i], w[i], lambda p, i=i: torch.optim.Adam(p, lr=rates[i]))
        assert torch.allclose(descent.weights["w"][i], expected, rtol=1e-9)


def test_by_adam_however_the_gradients_lie_in_memory():
    _, _, w = problem(6)
    g = torch.randn(IN, R, dtype=torch.float64).T
    one, other = (by_adam({"w": w}, torch.full((R,), 0.1)) for _ in range(2))
    one.along([g])
    other.along([g.contiguous()])
    assert not g.is_contiguous()
    assert torch.equal(one.weights["w"], other.weights["w"])
