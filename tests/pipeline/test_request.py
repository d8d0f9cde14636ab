"""What the command line asks `measure` and `recheck` for."""

import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline.request import read_request


@pytest.fixture
def request_of(project):
    return lambda *words: read_request(words, project)


def test_a_request_for_one_claim(request_of):
    request = request_of("claim=sgd-noise-ball", "profile=smoke", "claim.grid.lr=0.1,0.01")
    assert request.names == ("optimisation/sgd-noise-ball",)
    assert request.profile == "smoke"
    assert request.changes == {"grid.lr": [0.1, 0.01]}
    assert request.single
    assert request.rehearsal


def test_a_request_for_a_chapter(request_of, project):
    request = request_of("chapter=convolution", "executor.workers=1")
    assert "convolution/lenet-on-mnist" in request.names
    assert request.folder == project.root / "results"
    assert request.title == "convolution"
    assert request.options.workers == 1


def test_a_request_for_everything(request_of, project):
    request = request_of("chapter=all")
    assert len(request.names) == len(list((project.conf / "claim").glob("*/[!_]*.yaml")))
    assert request.title == "the catalogue"


def test_an_axis_of_a_part_is_a_list_as_one_of_the_claim(request_of):
    one = "claim=optimisation/sgd-noise-regularises"
    for given in ("0.016,0.032", "[0.016,0.032]"):
        request = request_of(one, f"claim.parts.b_4.grid.alpha={given}")
        assert request.changes == {"parts.b_4.grid.alpha": [0.016, 0.032]}
    assert request_of(one, "claim.parts.b_4.grid.alpha=0.016").changes == {
        "parts.b_4.grid.alpha": [0.016]
    }


def test_what_is_no_axis_has_one_value_and_no_other_is_dropped(request_of):
    one = "claim=optimisation/sgd-noise-ball"
    assert request_of(one, "claim.seeds.count=4").changes == {"seeds.count": 4}
    assert request_of(one, "claim.parts.walks.params.radii=[1,2]").changes == {
        "parts.walks.params.radii": [1, 2]
    }
    with pytest.raises(ConfigError, match=r"claim\.seeds\.count= takes one value.*claim\.grid"):
        request_of(one, "claim.seeds.count=4,8")
