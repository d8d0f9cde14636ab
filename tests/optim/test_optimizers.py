import pytest
import torch
from torch import nn
from torch.nn import functional as F

from deepclaims.errors import ConfigError
from deepclaims.optim.optimizers import OPTIMIZERS, build_optimizer

ALPHA, BETA1, BETA2, EPS = 0.05, 0.8, 0.95, 1e-8
GRADIENTS = [1.0, -0.5, 2.0]


def sgd(theta, g, s, t):
    return theta - ALPHA * g


def momentum(theta, g, s, t):
    s["m"] = BETA1 * s.get("m", 0) + g
    return theta - ALPHA * s["m"]


def nesterov(theta, g, s, t):
    s["m"] = BETA1 * s.get("m", 0) + g
    return theta - ALPHA * (g + BETA1 * s["m"])


def adagrad(theta, g, s, t):
    s["v"] = s.get("v", 0) + g**2
    return theta - ALPHA * g / (s["v"] ** 0.5 + EPS)


def rmsprop(theta, g, s, t):
    s["v"] = BETA2 * s.get("v", 0) + (1 - BETA2) * g**2
    return theta - ALPHA * g / (s["v"] ** 0.5 + EPS)


def adam(theta, g, s, t):
    s["m"] = BETA1 * s.get("m", 0) + (1 - BETA1) * g
    s["v"] = BETA2 * s.get("v", 0) + (1 - BETA2) * g**2
    m_hat, v_hat = s["m"] / (1 - BETA1**t), s["v"] / (1 - BETA2**t)
    return theta - ALPHA * m_hat / (v_hat**0.5 + EPS)


def adam_unhatted(theta, g, s, t):
    return theta + (1 - BETA1**t) * (adam(theta, g, s, t) - theta)


def adamw(theta, g, s, t):
    return adam(theta * (1 - ALPHA * 0.1), g, s, t)


RULES = {
    "sgd": (sgd, {}),
    "momentum": (momentum, {"beta1": BETA1}),
    "nesterov": (nesterov, {"beta1": BETA1}),
    "adagrad": (adagrad, {"eps": EPS}),
    "rmsprop": (rmsprop, {"beta2": BETA2, "eps": EPS}),
    "adam": (adam, {"beta1": BETA1, "beta2": BETA2, "eps": EPS}),
    "adam_unhatted": (adam_unhatted, {"beta1": BETA1, "beta2": BETA2, "eps": EPS}),
    "adamw": (adamw, {"beta1": BETA1, "beta2": BETA2, "eps": EPS, "weight_decay": 0.1}),
}


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_update_is_its_formula(name):
    rule, options = RULES[name]
    model = nn.Linear(1, 1, bias=False).double()
    theta = model.weight.item()
    optimizer = build_optimizer({"name": name, "lr": ALPHA, **options}, model)
    state = {}
    for t, g in enumerate(GRADIENTS, start=1):
        model.weight.grad = torch.full_like(model.weight, g)
        optimizer.step()
        theta = rule(theta, g, state, t)
        assert model.weight.item() == pytest.approx(theta, rel=1e-12)


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)).double()


@pytest.mark.parametrize("name", ["sgd", "adam", "adam_unhatted", "rmsprop"])
@pytest.mark.parametrize("lambdas", [0.3, [0.3, 0.7]])
def test_l2_is_the_gradient_of_the_penalty_on_each_layers_weights(name, lambdas):
    x, y = torch.randn(6, 4).double(), torch.randn(6, 2).double()
    by_decay, by_penalty = network(), network()
    decayed = build_optimizer({"name": name, "lr": 0.1}, by_decay, lambdas)
    penalised = build_optimizer({"name": name, "lr": 0.1}, by_penalty)
    first, second = (lambdas, lambdas) if isinstance(lambdas, float) else lambdas
    for _ in range(3):
        decayed.zero_grad()
        F.mse_loss(by_decay(x), y).backward()
        decayed.step()
        penalised.zero_grad()
        w1, w2 = by_penalty[0].weight, by_penalty[2].weight
        penalty = first / 2 * w1.square().sum() + second / 2 * w2.square().sum()
        (F.mse_loss(by_penalty(x), y) + penalty).backward()
        penalised.step()
    for ours, theirs in zip(by_decay.parameters(), by_penalty.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-10, atol=1e-12)


def test_adamw_leaves_biases_alone():
    model = network()
    nn.init.ones_(model[0].bias)
    optimizer = build_optimizer({"name": "adamw", "lr": 0.1, "weight_decay": 0.5}, model)
    before = model[0].weight.detach().clone()
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    optimizer.step()
    torch.testing.assert_close(model[0].weight, before * 0.95)
    assert (model[0].bias == 1).all()


def test_wrong_configs_are_refused():
    with pytest.raises(ConfigError, match=r"'lion'.*adagrad, adam"):
        build_optimizer({"name": "lion"}, network())
    with pytest.raises(ConfigError, match="no option beta2; known: lr"):
        build_optimizer({"name": "sgd", "beta2": 0.9}, network())
    with pytest.raises(ConfigError, match="3 values for 2 weight"):
        build_optimizer({"name": "sgd"}, network(), [1.0, 2.0, 3.0])
    with pytest.raises(ConfigError, match=r"optimizer\.weight_decay"):
        build_optimizer({"name": "adamw"}, network(), 0.1)
