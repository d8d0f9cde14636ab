import copy

import pytest

from deepclaims.claims.claim import catalogue, load
from deepclaims.data import DRAWN, PREPARED, drawn_by_seed
from deepclaims.data.alike import ALIKE, in_place, in_place_of
from deepclaims.data.registry import LOADERS, folder_of
from deepclaims.errors import ConfigError
from deepclaims.training.costs import cost_of
from deepclaims.training.settings import Settings


def test_a_data_set_takes_the_others_place_with_all_its_options():
    data = {"name": "mnist", "n_train": 500, "label_noise": 0.2, "pca": 20, "pool": 2}
    config = {"data": data, "model": {"name": "mlp", "width": 8}, "seeds": [1, 2]}
    before = copy.deepcopy(config)
    found = in_place(config, "fashion_mnist")
    assert found == {**config, "data": {**data, "name": "fashion_mnist"}}
    assert config == before
    assert in_place(data, "fashion_mnist") == found["data"]


def test_a_task_that_loads_by_itself_is_told_by_name():
    config = {"dataset": "mnist", "kind": "mnist", "inner": {"dataset": "ecg"}}
    assert in_place(config, "fashion_mnist") == {**config, "dataset": "fashion_mnist"}
    assert in_place_of(("ecg", "mnist"), "fashion_mnist") == ("ecg", "fashion_mnist")
    with pytest.raises(ConfigError, match="known: fashion_mnist for mnist"):
        in_place_of((), "mnist")


def test_what_names_no_such_data_set_stays_as_it_is():
    for config in ({"data": {"name": "ecg", "fold": 1}}, {"samples": 500}, {}):
        assert in_place(config, "fashion_mnist") == config


@pytest.mark.parametrize("dataset", ["mnist", "ecg", "cifar"])
def test_what_can_stand_in_no_place_is_refused(dataset):
    with pytest.raises(ConfigError, match="known: fashion_mnist for mnist"):
        in_place({"data": {"name": "mnist"}}, dataset)


def test_alike_means_alike_in_every_table():
    for new, old in ALIKE.items():
        assert {new, old} <= set(LOADERS)
        assert PREPARED[new] != PREPARED[old]
        assert DRAWN[new] == DRAWN[old]


@pytest.mark.parametrize("size", ["", "14"])
def test_the_configs_differ_by_the_name_alone(size, composer):
    words = ["data.n_train=300", "data.label_noise=0.1", "model=lenet"]
    mnist, fashion = (
        composer.cell([f"data={name}{size}", *words]) for name in ("mnist", "fashion_mnist")
    )
    assert in_place(mnist, "fashion_mnist") == fashion
    assert mnist["data"]["pool"] == (2 if size else 1)


@pytest.mark.slow
def test_a_claims_trainings_on_mnist_compose_with_fashion_mnist(checkout, composer):
    """Those of the catalogue: each cell is another one, and composes as if its file said so."""
    found = 0
    for name in catalogue(checkout / "conf"):
        for part in load(checkout / "conf", name).parts:
            if part.task != "train" or not any("data=mnist" in word for word in part.base):
                continue
            arm, axes = next(iter(part.points()))
            base = [word.replace("data=mnist", "data=fashion_mnist") for word in part.base]
            arms = part.arms[arm]
            cell = in_place(composer.cell([*part.base, *arms], axes), "fashion_mnist")
            assert cell == composer.cell([*base, *arms], axes)
            found += 1
    assert found >= 10


def test_its_folder_is_its_own(project):
    assert folder_of({"name": "fashion_mnist"}) == project.prepared("fashion_mnist")
    assert folder_of({"name": "ecg_segments"}) == project.prepared("ecg")
    assert folder_of({"name": "curve"}) is None


def test_its_draws_are_by_the_seed_where_mnists_are():
    assert not drawn_by_seed({"name": "fashion_mnist"})
    assert drawn_by_seed({"name": "fashion_mnist", "n_train": 500})


def test_a_training_on_it_costs_what_one_on_mnist_does(composer):
    config = composer.cell(["data=mnist", "model=lenet"])
    costs = [cost_of(Settings.read(each)) for each in (config, in_place(config, "fashion_mnist"))]
    assert costs[0] == costs[1] is not None
