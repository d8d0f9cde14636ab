import pytest
import yaml

from deepclaims.data.bayes import BEST, EXACT, FILE, NONE, References
from deepclaims.data.files import FILES
from deepclaims.data.registry import LOADERS
from deepclaims.errors import ConfigError
from deepclaims.languages import LANGUAGES


@pytest.fixture(scope="module")
def stated(checkout):
    return References.read(checkout / "conf")


def test_every_data_set_with_classes_is_stated(stated, checkout):
    regressions = {"function", "curve", "composition"}
    assert set(stated.entries) == set(LOADERS) - regressions - set(FILES)
    assert all(set(entry["source"]) == set(LANGUAGES) for entry in stated.entries.values())


def test_a_published_error_an_option_and_nothing(stated):
    assert (stated.of({"name": "mnist"}).error, stated.of({"name": "mnist"}).kind) == (0.0023, BEST)
    assert stated.of({"name": "teacher", "flip": 0.2}).error == 0.2
    assert stated.of({"name": "teacher", "flip": 0.2}).kind == EXACT
    assert stated.of({"name": "ecg"}).kind == stated.of({"name": "new"}).kind == NONE


def test_changed_labels_cannot_be_learnt(stated):
    found = stated.of({"name": "mnist", "label_noise": 0.2})
    assert found.error == pytest.approx(1 - 0.9977 * 0.8)
    assert "changed" in found.source["en"]


def test_nothing_is_known_of_a_stand_in(stated):
    found = stated.of({"name": "mnist"}, stand_in=True)
    assert (found.error, found.kind) == (0.0, NONE)


def test_a_project_need_not_state_any(tmp_path):
    assert References.read(tmp_path).of({"name": "mnist"}).kind == NONE


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"kind": "guess", "source": {}}, "a kind: exact, best, none"),
        ({"kind": "exact", "source": {}}, "has an error, unless"),
        ({"kind": "none", "source": {}, "error": 0.1}, "has an error, unless"),
        ({"kind": "none", "source": {}, "eror": 0.1}, "does not know"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, entry, says):
    (tmp_path / FILE).write_text(yaml.safe_dump({"mnist": entry}))
    with pytest.raises(ConfigError, match=says):
        References.read(tmp_path)
