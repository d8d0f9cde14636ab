import math

import pytest
import torch
from torch import nn

from deepclaims.errors import ConfigError
from deepclaims.nn.stacked_recurrent import (
    answer,
    draw_gated,
    draw_plain,
    gated_answer,
    gated_states,
    plain_answer,
    plain_states,
)
from deepclaims.optim import rules
from deepclaims.training.stack import ADAM, Descent
from deepclaims.training.stacked_classifiers import Plan, cross_entropy, train_classifiers

R, D, WIDTH, K = 3, 5, 6, 4


def drawn(seed=0):
    return torch.Generator().manual_seed(seed)


def sequences():
    return torch.randn(R, 7, 2, D, generator=drawn(9))


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_plain_nets_are_torchs(activation):
    weights = draw_plain("torch", R, (D, WIDTH, K), drawn())
    states = plain_states(weights, sequences(), activation)
    for r in range(R):
        cell = nn.RNN(D, WIDTH, nonlinearity=activation)
        with torch.no_grad():
            cell.weight_ih_l0.copy_(weights["w_xh"][r].T)
            cell.weight_hh_l0.copy_(weights["w_hh"][r].T)
            cell.bias_ih_l0.copy_(weights["b"][r])
            cell.bias_hh_l0.zero_()
        torch.testing.assert_close(states[:, r], cell(sequences()[r])[0])


def test_gated_nets_are_torchs():
    weights = draw_gated("torch", R, (D, WIDTH, K), 10, drawn())
    states = gated_states(weights, sequences())
    for r in range(R):
        cell = nn.LSTM(D, WIDTH)

        def order(w):  # ours f, i, o, c; torch's i, f, c, o
            f, i, o, c = w.split(WIDTH)
            return torch.cat([i, f, c, o])

        with torch.no_grad():
            cell.weight_ih_l0.copy_(order(weights["w_xh"][r].T))
            cell.weight_hh_l0.copy_(order(weights["w_hh"][r].T))
            cell.bias_ih_l0.copy_(order(weights["b"][r]))
            cell.bias_hh_l0.zero_()
        torch.testing.assert_close(states[:, r], cell(sequences()[r])[0])


def test_laws_of_the_recurrent_matrix():
    eye = torch.eye(64).expand(R, 64, 64)
    w = {law: draw_plain(law, R, (D, 64, K), drawn())["w_hh"]
         for law in ("orthogonal", "gaussian", "identity", "torch")}  # fmt: skip
    torch.testing.assert_close(w["orthogonal"].mT @ w["orthogonal"], eye, atol=1e-5, rtol=0)
    torch.testing.assert_close(w["identity"], eye)
    assert w["gaussian"].std().item() == pytest.approx(1 / 8, rel=0.03)
    assert w["torch"].std().item() == pytest.approx(1 / 8 / math.sqrt(3), rel=0.03)
    assert w["torch"].abs().max() <= 1 / 8


def test_how_gates_start():
    biases = {law: draw_gated(law, R, (D, WIDTH, K), 40, drawn())["b"].split(WIDTH, dim=1)
              for law in ("orthogonal", "one", "open", "chrono")}  # fmt: skip
    assert (torch.cat(biases["orthogonal"]) == 0).all()
    assert (biases["one"][0] == 1).all()
    assert [float(b.mean()) for b in biases["open"]] == [4.0, -2.5, 0.0, 0.0]
    chrono = biases["chrono"][0]
    assert ((chrono >= 0) & (chrono <= math.log(40))).all()
    assert chrono.unique().numel() == chrono.numel()
    torch.testing.assert_close(biases["chrono"][1], -chrono)


def test_unknown_laws_are_refused():
    with pytest.raises(ConfigError, match="known: orthogonal"):
        draw_plain("he", R, (D, WIDTH, K), drawn())
    with pytest.raises(ConfigError, match="known"):
        draw_gated("half", R, (D, WIDTH, K), 10, drawn())


def test_adam_is_torchs_with_a_rate_and_a_clipped_norm_for_each():
    weights = draw_plain("torch", R, (D, WIDTH, K), drawn())
    rates, clip = torch.tensor([0.01, 0.02, 0.05]), 0.3
    ours = Descent(weights, rules.adam, clip=clip, alpha=rates, **ADAM)
    y = torch.randint(K, (R, 2), generator=drawn(1))
    for _ in range(5):
        last = plain_states(ours.weights, sequences())[-1]
        ours.step(cross_entropy(answer(ours.weights, last), y))
    for r in range(R):
        own = {name: w[r : r + 1].clone().requires_grad_() for name, w in weights.items()}
        theirs = torch.optim.Adam(own.values(), lr=float(rates[r]), eps=1e-8)
        for _ in range(5):
            theirs.zero_grad()
            logits = answer(own, plain_states(own, sequences()[r : r + 1])[-1])
            nn.functional.cross_entropy(logits[0], y[r]).backward()
            nn.utils.clip_grad_norm_(own.values(), clip)
            theirs.step()
        for name, w in own.items():
            torch.testing.assert_close(ours.weights[name][r], w[0], atol=1e-4, rtol=1e-3)


def test_nets_leave_when_they_solve_it_and_others_go_on():
    def problem(replicas, n, generator):
        y = torch.randint(2, (replicas, n), generator=generator)
        return (2.0 * y - 1).view(replicas, 1, n, 1).expand(-1, 2, -1, -1), y

    def net(weights, x):
        return answer(weights, plain_states(weights, x)[-1])

    weights = draw_plain("orthogonal", 4, (1, 8, 2), drawn())
    rates = torch.tensor([0.05, 0.0, 0.05, 0.0])
    weights["w_hy"][1::2] = weights["w_hy"][1::2, :, :1]  # both classes alike: half is right
    found = train_classifiers(net, weights, rates, problem, Plan(60, batch=16, look=10), 3)
    assert (found.accuracy[::2] >= 0.99).all()
    assert (found.accuracy[1::2] < 0.7).all()
    torch.testing.assert_close(found.weights["w_hh"][1], weights["w_hh"][1])
    assert not torch.equal(found.weights["w_hh"][0], weights["w_hh"][0])


def test_answers_are_read_from_the_last_state():
    x, sizes = sequences(), (D, WIDTH, K)
    plain, gated = (
        draw_plain("torch", R, sizes, drawn()),
        draw_gated("torch", R, sizes, 10, drawn()),
    )
    torch.testing.assert_close(plain_answer(plain, x), answer(plain, plain_states(plain, x)[-1]))
    torch.testing.assert_close(gated_answer(gated, x), answer(gated, gated_states(gated, x)[-1]))
