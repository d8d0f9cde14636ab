import math

import numpy as np
import pytest
import torch
from scipy import integrate, optimize, stats
from torch import nn

from deepclaims.nn.gradient_gain import (
    cell_gains,
    departure,
    draw_matrix,
    follow,
    tanh_gains,
)
from deepclaims.nn.mean_field import tanh_rate
from deepclaims.nn.stacked_recurrent import draw_gated, draw_plain, plain_states


def drawn(seed=0):
    return torch.Generator().manual_seed(seed)


def test_a_linear_recurrence_has_the_powers_of_its_matrix():
    w = draw_matrix("gaussian", 1.5, 8, drawn())
    course = follow(w, "linear", 0.0, 12, drawn(1))
    for t in (1, 5, 12):
        power = np.linalg.matrix_power(w.numpy(), t)
        expected = math.log10(np.linalg.norm(power) / math.sqrt(8))
        assert course.log_gain[t - 1] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_jacobian_is_autograds(activation):
    w, steps = draw_matrix("gaussian", 1.2, 6, drawn()), 9
    course = follow(w, activation, 0.4, steps, drawn(1))
    noise = drawn(1)
    start = torch.empty(6, dtype=torch.float64).normal_(generator=noise)
    inputs = [torch.empty(6, dtype=torch.float64).normal_(0.0, 0.4, generator=noise)
              for _ in range(steps)]  # fmt: skip

    def run(h):
        for u in inputs:
            h = getattr(torch, activation)(w @ h + u)
        return h

    jacobian = torch.autograd.functional.jacobian(run, start)
    last = run(start)
    assert course.log_gain[-1] == pytest.approx(math.log10(float(jacobian.norm()) / 6**0.5))
    assert course.log_state[-1] == pytest.approx(math.log10(float(last.square().mean().sqrt())))
    assert course.negative == float((last < 0).double().mean())


def test_an_exploding_state_does_not_overflow():
    w = 1e60 * torch.eye(4, dtype=torch.float64)
    course = follow(w, "linear", 0.0, 20, drawn())
    assert course.log_gain[-1] == pytest.approx(1200)
    assert course.log_state[-1] - course.log_state[0] == pytest.approx(1140)


@pytest.mark.parametrize(("gain", "inputs"), [(1.0, 0.3), (1.0, 1.0), (2.0, 0.5)])
def test_mean_field_rate_by_quadrature(gain, inputs):
    def expectation(function, q):
        return integrate.quad(lambda z: function(math.sqrt(q) * z) * stats.norm.pdf(z), -9, 9)[0]

    def settled(q):
        return gain**2 * expectation(lambda x: math.tanh(x) ** 2, q) + inputs**2 - q

    q = optimize.brentq(settled, inputs**2, gain**2 + inputs**2)
    chi = gain**2 * expectation(lambda x: (1 - math.tanh(x) ** 2) ** 2, q)
    assert tanh_rate(gain, inputs) == pytest.approx(0.5 * math.log10(chi), abs=1e-5)


def test_mean_field_rate_is_met_by_a_wide_orthogonal_recurrence():
    w = draw_matrix("orthogonal", 1.0, 300, drawn())
    course = follow(w, "tanh", 1.0, 40, drawn(1)).log_gain
    assert (course[-1] - course[9]) / 30 == pytest.approx(tanh_rate(1.0, 1.0), abs=0.006)


def test_gains_of_trained_nets_are_autograds():
    weights = draw_plain("gaussian", 2, (3, 5, 1), drawn())
    x = torch.randn(2, 7, 4, 3, generator=drawn(1))
    states = plain_states(weights, x)
    found = tanh_gains(weights["w_hh"], states)
    for r in range(2):
        for sample in range(4):

            def after(h, r=r, sample=sample):
                for t in range(1, 7):
                    z = h @ weights["w_hh"][r] + x[r, t, sample] @ weights["w_xh"][r]
                    h = torch.tanh(z + weights["b"][r])
                return h

            jacobian = torch.autograd.functional.jacobian(after, states[0][r, sample])
            expected = math.log10(float(jacobian.norm()) / 5**0.5)
            assert float(found[r, sample]) == pytest.approx(expected, abs=1e-4)


def test_departure_is_zero_for_orthogonal_matrices_only():
    w = torch.stack([torch.eye(4), 2 * torch.eye(4)])
    assert departure(w).tolist() == pytest.approx([0.0, 3.0])


@pytest.mark.parametrize("bias", [0.0, 1.0, 4.0])
def test_a_cell_that_sees_nothing_keeps_what_its_constant_gate_lets_through(bias):
    weights = draw_gated("orthogonal", 1, (2, 5, 1), 30, drawn())
    weights = {name: torch.zeros_like(w) for name, w in weights.items()}
    weights["b"][:, :5] = bias
    found = cell_gains(weights, 1.0, [1, 10, 30], drawn(1))
    gate = 1 / (1 + math.exp(-bias))
    assert found == pytest.approx([steps * math.log10(gate) for steps in (1, 10, 30)])


def test_all_paths_are_torchs():
    width, steps = 4, 6
    weights = draw_gated("one", 1, (1, width, 1), steps, drawn())
    found = cell_gains(weights, 0.0, [steps], drawn(1))[0]
    cell = nn.LSTMCell(1, width).double()

    def order(w):  # ours f, i, o, c; torch's i, f, c, o
        f, i, o, c = w.split(width)
        return torch.cat([i, f, c, o])

    with torch.no_grad():
        cell.weight_ih.copy_(order(weights["w_xh"][0].T))
        cell.weight_hh.copy_(order(weights["w_hh"][0].T))
        cell.bias_ih.copy_(order(weights["b"][0]))
        cell.bias_hh.zero_()

    def after(c):
        state = (torch.zeros_like(c), c)
        for _ in range(steps):
            state = cell(torch.zeros(1, 1, dtype=torch.float64), state)
        return state[1]

    start = torch.zeros(1, width, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(after, start).view(width, width)
    # One sign vector a sequence: an estimate of the norm, from 32 sequences.
    assert found == pytest.approx(math.log10(float(jacobian.norm()) / width**0.5), abs=0.1)
