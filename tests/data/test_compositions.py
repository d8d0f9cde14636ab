import numpy as np
import pytest
import torch

from deepclaims.data.compositions import tree
from deepclaims.data.registry import load
from deepclaims.errors import ConfigError


def test_the_tree_against_a_recursion():
    x = 2 * torch.rand(5, 8, generator=torch.Generator().manual_seed(1)) - 1
    random = torch.Generator().manual_seed(3)
    signs = [2.0 * torch.randint(2, (2, n), generator=random) - 1 for n in (4, 2, 1)]

    found = tree(8, torch.Generator().manual_seed(3))(x).numpy()
    for row, expected in zip(x.tolist(), found, strict=True):
        values = row
        for first, second in signs:
            values = [
                1.2 * np.tanh(2 * values[2 * i] * values[2 * i + 1]
                              + float(first[i]) * values[2 * i]
                              + float(second[i]) * values[2 * i + 1])
                for i in range(len(values) // 2)
            ]  # fmt: skip
        assert values[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("target", ["tree", "shallow"])
def test_inputs_and_targets_have_variance_one(target):
    splits = load({"name": "composition", "target": target, "n": 4000}, 0)
    x, y = splits.train.inputs[0], splits.train.targets
    assert x.shape == (4000, 8)
    assert y.shape == (4000, 1)
    assert x.std(0).numpy() == pytest.approx(np.ones(8), abs=0.05)
    assert float(y.std()) == pytest.approx(1.0, abs=0.05)
    again, other = (load({"name": "composition", "target": target}, s).test for s in (0, 1))
    assert torch.equal(
        again.targets, load({"name": "composition", "target": target}, 0).test.targets
    )
    assert not torch.equal(again.targets, other.targets)


def test_a_tree_of_six_leaves_is_refused():
    with pytest.raises(ConfigError, match="power of two"):
        load({"name": "composition", "dimension": 6}, 0)
