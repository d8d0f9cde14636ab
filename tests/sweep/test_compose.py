import pytest

from deepclaims.errors import ConfigError
from deepclaims.sweep.compose import Composer, parse, swept


def test_groups_and_values(composer):
    config = composer.cell(["model=lenet", "optimizer=sgd", "fit.steps=7"], {"optimizer.lr": 0.25})
    assert config["model"]["name"] == "lenet"
    assert config["optimizer"]["lr"] == 0.25
    assert config["fit"]["steps"] == 7


def test_a_cell_has_no_seed_and_nothing_of_what_runs_it(composer):
    assert not {"seed", "executor", "hydra"} & set(composer.cell([]))


def test_an_axis_may_be_a_group(composer):
    assert composer.cell([], {"init": "glorot"})["init"] == composer.cell(["init=glorot"])["init"]


def test_cells_do_not_leak_into_each_other(composer):
    composer.cell(["fit.steps=7"])
    assert composer.cell([])["fit"]["steps"] is None


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("model=resnet", "no model 'resnet'; known: autoencoder"),
        ("fit.step=3", "fit knows .*did you mean 'steps'"),
        ("fit.epochs=many", "it is a number"),
        ("fit.validate_every_epoch=3", "it is true or false"),
        ("model=a,b", "names several values"),
        ("=3", "."),
    ],
)
def test_what_does_not_exist_is_refused(composer, override, said):
    with pytest.raises(ConfigError, match=said):
        composer.config([override])


def test_a_key_may_be_added_with_a_plus(composer):
    config = composer.cell(["regularizer=dropout", "+regularizer.lambda=1e-4"])
    assert config["regularizer"]["lambda"] == 1e-4
    assert "lambda" not in composer.cell(["regularizer=dropout"])["regularizer"]


def test_references_are_filled_in(tmp_path):
    (tmp_path / "train.yaml").write_text("a: {b: 1, c: 2}\nd: ${a.b}\ne: ['${d}']\n")
    composer = Composer(tmp_path)
    assert composer.cell([], {"a.b": 5}) == {"a": {"b": 5, "c": 2}, "d": 5, "e": [5]}
    with pytest.raises(ConfigError, match="nowhere"):
        composer.cell([], {"d": "${nowhere}"})


def test_values_of_an_override():
    def values(text):
        return swept(parse([text])[0])

    assert values("a=1,2") == [1, 2]
    assert values("a=[1,2]") == [1, 2]
    assert values("a=range(0,3)") == [0, 1, 2]
    assert values("a=x") == ["x"]
