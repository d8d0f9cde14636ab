import pytest
import torch

from deepclaims.data import drawn_by_seed
from deepclaims.data.registry import load


@pytest.mark.parametrize(
    ("config", "drawn"),
    [
        ({"name": "mnist"}, False),
        ({"name": "mnist", "n_train": 500}, True),
        ({"name": "mnist", "label_noise": 0.1}, True),
        ({"name": "mnist", "permute": True}, True),
        ({"name": "ecg"}, False),
        ({"name": "ecg", "shuffle_labels": True}, True),
        ({"name": "ecg_segments", "seconds": 1.0}, False),
        ({"name": "ecg_segments", "n_train": 250}, True),
        ({"name": "ecg_segments", "balanced": True}, True),
        ({"name": "function"}, False),
        ({"name": "curve"}, True),
        ({"name": "something new"}, True),
    ],
)
def test_whether_the_seed_draws_the_data(config, drawn):
    assert drawn_by_seed(config) is drawn


def test_what_the_seed_does_not_draw_is_the_same_for_all(project_with_data):
    for config in ({"name": "mnist"}, {"name": "mnist", "n_train": 500}, {"name": "function"}):
        folder = project_with_data.prepared("mnist")
        a, b = (load(config, seed, folder) for seed in (1, 2))
        same = torch.equal(a.train.inputs[0], b.train.inputs[0])
        assert same is not drawn_by_seed(config)
