"""The stacked update against torch's optimisers, each on its own network."""

import pytest
import torch

from deepclaims.optim.stacked import AdamsFactors, StackedUpdate, adam_in_parts

MAKERS = {
    "sgd": lambda p, lr: torch.optim.SGD([p], lr),
    "momentum": lambda p, lr: torch.optim.SGD([p], lr, momentum=0.5 + lr),
    "nesterov": lambda p, lr: torch.optim.SGD([p], lr, momentum=0.5 + lr, nesterov=True),
    "adam": lambda p, lr: torch.optim.Adam([p], lr, betas=(0.8, 0.9 + lr), weight_decay=lr),
    "adamw": lambda p, lr: torch.optim.AdamW([p], lr, weight_decay=0.1),
    "rmsprop": lambda p, lr: torch.optim.RMSprop([p], lr, alpha=0.8),
    "adagrad": lambda p, lr: torch.optim.Adagrad([p], lr),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("numbers", [6, 2**13, 2**16])
@pytest.mark.parametrize("rates", [(0.01, 0.03, 0.05), (0.03, 0.01, 0.03), (0.03, 0.03, 0.03)])
def test_each_network_is_updated_as_alone(name, numbers, rates):
    generator = torch.Generator().manual_seed(1)

    def draw():
        return torch.randn(3, numbers, generator=generator, dtype=torch.float64)

    theta = draw()
    alone = [own.clone().requires_grad_() for own in theta]
    optimizers = [MAKERS[name](p, lr) for p, lr in zip(alone, rates, strict=True)]
    fresh = [MAKERS[name](p, lr) for p, lr in zip(alone, rates, strict=True)]
    update = StackedUpdate(fresh, [[p] for p in alone], [None] * 3, theta.device)
    here = torch.arange(3)
    for t in range(8):
        if t == 4:  # one leaves
            kept = torch.tensor([0, 2])
            theta, here = theta[kept], here[kept]
            update.keep(kept)
        g = draw()
        for p, own, optimizer in zip(alone, g, optimizers, strict=True):
            p.grad = own.clone()
            optimizer.step()
        update.step(theta, g[here].clone())
    expected = torch.stack([alone[r].detach() for r in here.tolist()])
    torch.testing.assert_close(theta, expected, rtol=1e-12, atol=1e-13)


def test_adams_numbers_are_made_anew_for_later_updates_and_rates(monkeypatch):
    """Of three updates at once; the rate of each step is another."""
    monkeypatch.setattr(AdamsFactors, "AT_ONCE", 3)
    factors = [1 - t / 10 for t in range(8)]
    theta = torch.randn(2, 6, dtype=torch.float64)
    alone = [own.clone().requires_grad_() for own in theta]
    optimizers = [MAKERS["adam"](p, lr) for p, lr in zip(alone, (0.01, 0.05), strict=True)]
    update = StackedUpdate(optimizers, [[p] for p in alone], [factors] * 2, theta.device)
    for factor in factors:
        g = torch.randn(2, 6, dtype=torch.float64)
        for p, own, optimizer, lr in zip(alone, g, optimizers, (0.01, 0.05), strict=True):
            optimizer.param_groups[0]["lr"] = lr * factor
            p.grad = own.clone()
            optimizer.step()
        update.step(theta, g.clone())
    torch.testing.assert_close(
        theta, torch.stack([p.detach() for p in alone]), rtol=1e-12, atol=1e-13
    )


def test_parts_of_a_stack_follow_adam_at_rates_of_their_own():
    rates = torch.tensor([0.01, 0.05], dtype=torch.float64)
    theta = [torch.randn(6, 2, 3, dtype=torch.float64), torch.randn(6, 1, 2, dtype=torch.float64)]
    alone = [[w[half].clone().requires_grad_() for w in theta] for half in (slice(3), slice(3, 6))]
    optimizers = [
        torch.optim.Adam(part, lr) for part, lr in zip(alone, rates.tolist(), strict=True)
    ]
    state = {}
    for t in range(5):
        g = [torch.randn_like(w) for w in theta]
        for k, (part, optimizer) in enumerate(zip(alone, optimizers, strict=True)):
            optimizer.param_groups[0]["lr"] = float(rates[k]) * (1 - t / 5)
            for p, slope in zip(part, g, strict=True):
                p.grad = slope[3 * k : 3 * (k + 1)].clone()
            optimizer.step()
        numbers = {"alpha": rates * (1 - t / 5), "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
        adam_in_parts(theta, g, state, t + 1, **numbers)
    for w, *parts in zip(theta, *alone, strict=True):
        expected = torch.cat([part.detach() for part in parts])
        torch.testing.assert_close(w, expected, rtol=1e-12, atol=1e-13)
