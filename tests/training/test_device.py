from types import SimpleNamespace

import torch

from deepclaims.training.replica import build_module
from deepclaims.training.settings import Settings


def test_the_data_go_where_the_network_will_be(beats, make_config):
    # A stand-in for a GPU: tensors on "meta" have a place and no content.
    config = make_config(model={"name": "beatnet"}, fit={"class_weights": [1, 8, 2, 1]})
    module = build_module(Settings.read(config), beats, seed=0)
    module._trainer = SimpleNamespace(strategy=SimpleNamespace(root_device=torch.device("meta")))
    module.setup("fit")
    placed = [module.weights, module.splits.train.targets, *module.splits.test.inputs]
    assert {x.device.type for x in placed} == {"meta"}
