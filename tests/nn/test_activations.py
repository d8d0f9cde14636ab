import numpy as np
import pytest
import torch
from scipy.special import expit

from deepclaims.errors import ConfigError
from deepclaims.nn.activations import ACTIVATIONS, Activation

Z = np.linspace(-5, 5, 101)
FORMULAS = {
    "sigmoid": expit(Z),
    "tanh": np.tanh(Z),
    "relu": np.maximum(Z, 0),
    "elu": np.where(Z > 0, Z, np.expm1(Z)),
    "leaky_relu": np.where(Z > 0, Z, 0.01 * Z),
    "identity": Z,
    "square": Z**2,
    "cube": Z**3,
}


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_activation_is_its_formula(name):
    z = torch.from_numpy(Z)
    np.testing.assert_allclose(Activation(name)(z).numpy(), FORMULAS[name], rtol=1e-14, atol=1e-15)
    assert torch.equal(z, torch.from_numpy(Z)), "the input was changed in place"


def test_unknown_activation_names_the_known_ones():
    with pytest.raises(ConfigError, match=r"'swish'.*leaky_relu"):
        Activation("swish")
