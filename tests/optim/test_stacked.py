"""The stacked update against torch's optimisers, each on its own network."""

import pytest
import torch

from deepclaims.optim.stacked import StackedUpdate

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
