import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn

from deepclaims.errors import ConfigError
from deepclaims.nn.initialisation import LAWS, TRUNCATED_STD, fans, initialise

D_IN, D_OUT = 300, 200


def weights(name, d_in=D_IN, d_out=D_OUT, seed=0, **options):
    layer = nn.Linear(d_in, d_out)
    initialise(layer, {"name": name, **options}, torch.Generator().manual_seed(seed))
    return layer.weight.detach().flatten().double().numpy()


# Each law as scipy knows it, from the slide's formulas.
HE = math.sqrt(2 / D_IN)
GLOROT = math.sqrt(2 / (D_IN + D_OUT))
SCIPY = {
    "he": stats.norm(scale=HE),
    "he_truncated": stats.truncnorm(-2, 2, scale=HE),
    "he_truncated_corrected": stats.truncnorm(-2, 2, scale=HE / stats.truncnorm(-2, 2).std()),
    "lecun": stats.norm(scale=math.sqrt(1 / D_IN)),
    "lecun_truncated": stats.truncnorm(-2, 2, scale=math.sqrt(1 / D_IN)),
    "glorot_truncated": stats.truncnorm(-2, 2, scale=GLOROT),
    "glorot": stats.norm(scale=GLOROT),
    "glorot_uniform": stats.uniform(-GLOROT * math.sqrt(3), 2 * GLOROT * math.sqrt(3)),
    "normal": stats.norm(scale=0.3),
    "torch": stats.uniform(-1 / math.sqrt(D_IN), 2 / math.sqrt(D_IN)),
}


NEAR = 0.005
"""Laws whose distribution functions are nowhere further apart count as one."""


def furthest(name, law):
    """How far the law of `name` is from `law` at most: the sample's distance and its margin.

    By the inequality of Dvoretzky, Kiefer, Wolfowitz and Massart, at one error in a million.
    """
    options = {"std": 0.3} if name == "normal" else {}
    w = np.concatenate([weights(name, seed=seed, **options) for seed in range(20)])
    margin = math.sqrt(math.log(2 / 1e-6) / (2 * len(w)))
    return stats.kstest(w, law.cdf).statistic + margin


@pytest.mark.parametrize("name", sorted(SCIPY))
def test_law_is_scipys(name):
    law = SCIPY[name]
    assert furthest(name, law) < NEAR
    w = weights(name, **({"std": 0.3} if name == "normal" else {}))
    # The sample variance's own deviation, from the law's kurtosis.
    spread = math.sqrt((float(law.stats("k")) + 2) / len(w))
    assert w.var() / law.var() == pytest.approx(1, abs=4 * spread)


def test_the_test_would_notice_a_law_that_is_not_truncated():
    wide = stats.norm(scale=stats.truncnorm(-2, 2).std() * HE)
    assert furthest("he_truncated", wide) > 2 * NEAR


def test_every_law_is_compared_with_another_source():
    assert {*SCIPY, "orthogonal"} == set(LAWS)


@pytest.mark.parametrize(
    ("name", "variance"), [("lecun", 1 / D_IN), ("glorot", 2 / (D_IN + D_OUT))]
)
def test_a_corrected_truncation_has_the_variance_of_the_whole_law(name, variance):
    w = weights(f"{name}_truncated", corrected=True)
    assert w.var() == pytest.approx(variance, rel=0.02)
    assert np.abs(w).max() <= 2 * math.sqrt(variance) / TRUNCATED_STD


@pytest.mark.parametrize("layer", [nn.Linear(7, 5), nn.Linear(5, 7), nn.Conv2d(2, 4, 3)])
def test_orthogonal_rows_or_columns(layer):
    initialise(layer, {"name": "orthogonal", "gain": 2.0}, torch.Generator().manual_seed(0))
    w = layer.weight.detach().flatten(1)
    product = w @ w.T if len(w) <= w.shape[1] else w.T @ w
    torch.testing.assert_close(product, 4 * torch.eye(len(product)), atol=1e-5, rtol=0)


def test_a_row_of_an_orthogonal_matrix_is_uniform_on_the_sphere():
    # Of a uniform direction in d dimensions, a coordinate's square is Beta(1/2, (d - 1)/2).
    first = [weights("orthogonal", 6, 4, seed)[0] ** 2 for seed in range(4000)]
    assert stats.kstest(first, stats.beta(0.5, 2.5).cdf).statistic < 0.04


def test_truncation_is_at_two_deviations():
    w = weights("he_truncated")
    assert 1.9 * HE < np.abs(w).max() <= 2 * HE
    assert pytest.approx(stats.truncnorm(-2, 2).std(), abs=1e-12) == TRUNCATED_STD


def test_corrected_truncation_has_hes_variance():
    assert SCIPY["he_truncated_corrected"].var() == pytest.approx(2 / D_IN)


def test_glorot_is_lecun_at_equal_widths():
    assert np.array_equal(weights("glorot", 50, 50), weights("lecun", 50, 50))


@pytest.mark.parametrize(
    "layer", [nn.Linear(5, 7), nn.Conv2d(3, 8, 5), nn.Conv1d(4, 6, 3), nn.Conv2d(1, 6, (3, 2))]
)
def test_fans_are_torchs(layer):
    assert fans(layer.weight) == torch.nn.init._calculate_fan_in_and_fan_out(layer.weight)


@pytest.mark.parametrize("cell", [nn.RNN, nn.LSTM])
def test_recurrent_matrices_are_orthogonal_gate_by_gate(cell):
    layer = cell(5, 16, num_layers=2, bidirectional=True)
    initialise(layer, {"name": "he"}, torch.Generator().manual_seed(0))
    matrices = [w for name, w in layer.named_parameters() if name.startswith("weight_hh")]
    assert len(matrices) == 4
    for matrix in matrices:
        for gate in matrix.split(16):
            torch.testing.assert_close(gate @ gate.T, torch.eye(16), atol=1e-5, rtol=0)


def test_recurrent_input_matrices_have_the_fans_of_one_gate():
    layer = nn.LSTM(400, 300)
    initialise(layer, {"name": "glorot"}, torch.Generator().manual_seed(0))
    assert layer.weight_ih_l0.var().item() == pytest.approx(2 / 700, rel=0.02)


def test_biases_are_zero():
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4, 3), nn.LSTM(3, 2))
    initialise(model, {"name": "torch"}, torch.Generator().manual_seed(0))
    biases = [p for name, p in model.named_parameters() if "bias" in name]
    assert len(biases) == 4
    assert all((b == 0).all() for b in biases)


def test_only_the_generator_decides():
    torch.manual_seed(1)
    first = weights("he_truncated", seed=5)
    torch.manual_seed(2)
    assert np.array_equal(first, weights("he_truncated", seed=5))
    assert not np.array_equal(first, weights("he_truncated", seed=6))


def test_unknown_layers_and_options_are_refused():
    generator = torch.Generator()
    with pytest.raises(ConfigError, match="LayerNorm"):
        initialise(nn.LayerNorm(3), {"name": "he"}, generator)
    with pytest.raises(ConfigError, match="no option std"):
        initialise(nn.Linear(2, 2), {"name": "he", "std": 1.0}, generator)
    with pytest.raises(ConfigError, match=r"'xavier'.*glorot"):
        initialise(nn.Linear(2, 2), {"name": "xavier"}, generator)
