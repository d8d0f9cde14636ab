import json

import pytest

from deepclaims.report import apart
from deepclaims.report.drawn import Plot, Series, Shown


def plot(*series: Series) -> Plot:
    return Plot((Shown("a", "x", "y", series),))


BAND = Series("mean", (1.0, 2.0, 3.0), (0.5, None, 12345.0), (0.4, None, 1e-9), (0.6, None, 2e-9))
ENGLISH = plot(BAND, Series("", ("nets", "data"), (1.0, 2.0), kind="table"))
SPANISH = plot(BAND, Series("", ("redes", "datos"), (1.0, 2.0), kind="table"))


@pytest.mark.parametrize("shown", [ENGLISH, SPANISH, plot(), plot(BAND, BAND)])
@pytest.mark.parametrize("points", ["", ENGLISH.csv(), plot(BAND).csv(), plot(BAND, BAND).csv()])
def test_both_files_make_the_whole_whatever_the_points_are_of(shown, points):
    written = json.loads(json.dumps(apart.rest(shown, points)))
    assert apart.whole(written, points) == shown


def test_what_the_points_have_is_left_out_and_names_stay():
    (panel,) = apart.rest(SPANISH, ENGLISH.csv())["panels"]
    assert panel["series"] == [
        {"name": "mean", "points": 3},
        {"name": "", "points": 2, "x": ("redes", "datos"), "kind": "table"},
    ]


def test_other_numbers_stay():
    other = plot(Series("mean", (1.0, 2.0, 3.0), (0.5, 0.7, 12345.0)))
    (panel,) = apart.rest(other, ENGLISH.csv())["panels"]
    assert panel["series"] == [
        {"name": "mean", "points": 3, "y": (0.5, 0.7, 12345.0), "low": (), "high": ()}
    ]


def test_points_that_are_too_few_are_missed():
    written = apart.rest(ENGLISH, ENGLISH.csv())
    with pytest.raises(TypeError):
        apart.whole(written, plot().csv())
