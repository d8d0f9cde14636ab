import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline.request import read_request
from deepclaims.tracking.settings import Tracking, read_tracking


def test_the_variable_is_heeded_where_the_group_names_no_server(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert Tracking().server == ""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://there:5000/")
    assert Tracking().server == "http://there:5000"
    assert Tracking("http://here:5000").server == "http://here:5000"


@pytest.mark.parametrize("given", [{"url": "x"}, {"tags": "team"}])
def test_what_it_cannot_be_is_refused(given):
    with pytest.raises(ConfigError, match=r"known: uri, experiment, tags|is no mapping"):
        read_tracking(given)


def test_how_a_training_is_tracked_is_no_part_of_its_cell(composer):
    plain = composer.cell([])
    assert composer.cell(["tracking=server", "tracking.tags={team: vision}"]) == plain
    assert "tracking" not in plain


def test_a_verb_that_measures_takes_it_too(project):
    request = read_request(
        ["claim=dropout", "tracking=server", "tracking.experiment=mine"], project
    )
    assert request.tracking.server == "http://127.0.0.1:5000"
    assert request.tracking.experiment == "mine"
    with pytest.raises(ConfigError, match="no tracking 'servre'"):
        read_request(["claim=dropout", "tracking=servre"], project)
