import copy

import pytest

from deepclaims.errors import StorageError
from deepclaims.evidence.registration import Registration, post_hoc

WRITTEN = {
    "id": "made",
    "title": {"es": "t", "en": "t"},
    "question": {"es": "¿Crece?", "en": "Does it grow?"},
    "criterion": {
        "text": {"es": "más que 0", "en": "more than 0"},
        "checks": {
            "gain": {"role": "claim", "relation": "above", "bound": 0.0, "says": {"en": "grows"}}
        },
    },
    "control": {"es": "c", "en": "c"},
    "data": ["mnist"],
    "seeds": {"first": 1000, "count": 5},
    "grid": {"lr": [0.1, 0.01]},
    "parts": {"sweep": {"task": "train", "seeds": {"first": 1000, "count": 5}}},
    "profiles": {"smoke": {"seeds": {"count": 2}}},
}
NOW = Registration.of(WRITTEN)


def changed(path, value):
    other = copy.deepcopy(WRITTEN)
    node = other
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return NOW.changes(Registration.of(other))


@pytest.mark.parametrize(
    ("path", "value", "what"),
    [
        (("question", "es"), "¿Baja?", ["question"]),
        (("criterion", "checks", "gain", "bound"), 0.1, ["criterion"]),
        (("criterion", "checks", "gain", "relation"), "below", ["criterion"]),
        (("criterion", "checks", "gain", "role"), "control", ["criterion"]),
        (("criterion", "text", "en"), "less than 0", ["criterion"]),
        (("control", "es"), "otro", ["criterion"]),
        (("sentences",), {"L1.s1.1": {"reading": "literal"}}, ["criterion"]),
        (("grid", "lr"), [0.1], ["grid"]),
        (("parts", "sweep", "task"), "moments", ["grid"]),
        (("profiles", "smoke", "seeds", "count"), 3, ["grid"]),
        (("seeds", "count"), 10, ["grid"]),  # more seeds after looking is a choice made after
        (("seeds", "first"), 2000, []),  # other seeds are not
        (("parts", "sweep", "seeds", "first"), 2000, []),
        (("title", "es"), "otro", []),
        (("criterion", "checks", "gain", "says", "en"), "it grows", []),
        (("question", "es"), "  ¿Crece?\n", []),
        (("criterion", "checks", "gain", "bound"), 0, []),
        (("seeds",), {"count": 5, "first": 1000}, []),
    ],
)
def test_what_counts_as_a_change(path, value, what):
    assert changed(path, value) == what


def test_a_registration_fits_in_a_column():
    assert Registration.read(str(NOW)) == NOW
    with pytest.raises(StorageError, match="registration"):
        Registration.read("abc")


def test_one_old_row_is_enough_to_mark_a_verdict():
    before = Registration(NOW.question, "0" * 12, NOW.grid)
    assert post_hoc(NOW, [NOW, NOW]) == ()
    assert post_hoc(NOW, [NOW, before, NOW]) == ("criterion",)
    assert post_hoc(NOW, [before, Registration("1" * 12, NOW.criterion, NOW.grid)]) == (
        "question",
        "criterion",
    )


def test_measuring_afresh_clears_the_mark():
    """Changed after the run: marked. Run again under new seeds, whose rows are the only ones."""
    edited = copy.deepcopy(WRITTEN)
    edited["criterion"]["checks"]["gain"]["bound"] = 0.2
    assert post_hoc(Registration.of(edited), [NOW]) == ("criterion",)
    edited["seeds"]["first"] = 2000
    fresh = Registration.of(edited)
    assert post_hoc(Registration.of(edited), [fresh]) == ()
