"""The protocol of what is tuned, on values made up."""

import pytest

from deepclaims.claims.tuning import Score, Tune
from deepclaims.errors import ClaimError

LR = "optimizer.lr"
WRITTEN = {"axes": [LR], "score": "validation_error", "seeds": {"first": 5, "count": 3}}


def test_a_protocol_is_read():
    tune = Tune.read("claim c, part p", {**WRITTEN, "also": [{LR: 0.5}], "edge": "widen"})
    assert tune.seeds == (5, 6, 7)
    assert tune.by == {"": Score("validation_error")}
    assert tune.edge == "widen"
    assert tune.combinations({LR: [1, 2], "width": [8]}) == [{LR: 1}, {LR: 2}]


def test_combinations_may_have_one_value_of_an_axis():
    tune = Tune.read("", {**WRITTEN, "axes": ["law", LR]})
    grid = {"law": ["he", "lecun"], LR: [1, 2]}
    assert len(tune.combinations(grid)) == 4
    assert tune.combinations(grid, {LR: 4}) == [{"law": "he", LR: 4}, {"law": "lecun", LR: 4}]


def test_several_scores_choose_apart():
    by = {"error": "validation_error", "speed": {"curve": "train_loss", "below": 0.2}}
    written = {key: value for key, value in WRITTEN.items() if key != "score"} | {"by": by}
    assert Tune.read("", written).by["speed"] == Score("train_loss", 0.2)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"score": None, "by": {"a": "b"}}, "either score or by"),
        ({"axes": []}, "lacks axes"),
        ({"seeds": None}, "lacks seeds"),
        ({"edge": "ignore"}, "edge is one of void, widen"),
        ({"seed": 3}, "does not know"),
        ({"edge": "widen", "stacked": True}, "needs several axes"),
    ],
)
def test_what_does_not_fit_is_refused(change, said):
    with pytest.raises(ClaimError, match=said):
        Tune.read("claim c, part p", {**WRITTEN, **change})
