import pytest

from deepclaims.errors import ClaimError
from deepclaims.evidence.check import Check, Role, findings, set_after_look
from deepclaims.evidence.estimate import exact, undecided
from deepclaims.evidence.statistics import mean_interval, proportion_interval

BOTH = {"es": "gana", "en": "it gains"}


def written(role, relation="above", bound=0.0, **more):
    return {"role": role, "relation": relation, "bound": bound, "says": BOTH, **more}


def test_checks_and_estimates_must_agree():
    with pytest.raises(ClaimError, match="agree"):
        findings({"a": written("claim")}, {"b": exact(1)})


@pytest.mark.parametrize(
    "broken",
    [
        written("claims"),
        written("claim", "over"),
        written("claim", "within", 3.0),
        written("claim", "above", [0, 1]),
        written("claim", "above", "0.5x"),
        {"role": "claim", "relation": "above", "bound": 0},
        written("claim") | {"says": {"en": "…"}},
        written("claim", fails={"en": "…"}),
        written("claim", note="…"),
        written("claim", relevant="a lot"),
        written("claim", relevant={"value": 1.0}),
        written("claim", relevant=-1.0),  # where it fails
        written("claim", relevant={"value": 1.0, "after_look": False}),
        written("benchmark", sentence="L1.s1.1"),
    ],
)
def test_malformed_checks_are_refused(broken):
    with pytest.raises(ClaimError, match="gain"):
        Check.of("gain", broken)


def test_a_check_reads_what_yaml_writes():
    check = Check.of("gain", written("repair", "within", [0.95, 1.05], sentence=["a", "b"]))
    assert check.role is Role.REPAIR
    assert check.sentences == ("a", "b")
    assert check.find(exact(1.0)).outcome is True


def test_a_relevant_effect_says_when_it_was_set():
    before, after = (
        written("claim", relevant=2),
        written("claim", relevant={"value": 2, "after_look": True}),
    )
    assert [Check.of("gain", each).relevant for each in (before, after)] == [2.0, 2.0]
    assert [set_after_look(each) for each in (before, after, written("claim"))] == [
        False, True, False,
    ]  # fmt: skip


def test_an_outcome_is_told_in_the_words_of_the_file():
    fails = {"es": "pierde", "en": "it loses"}
    check = Check.of("gain", written("claim", fails=fails))
    assert check.find(exact(1.0)).means == BOTH
    assert check.find(exact(-1.0)).means == fails
    assert check.find(undecided("t")).means == BOTH
    silent = Check.of("gain", written("claim")).find(exact(-1.0))
    assert silent.means["en"] == "it does not hold that it gains"


FASTER = mean_interval([0.98, 1.01, 0.99, 1.02])


def test_a_repair_by_the_number_that_failed_is_refused():
    """At least 10 % faster fails; the same ratio then shows no difference of 10 %."""
    checks = {
        "faster": written("claim", "below", 0.9),
        "no_faster": written("repair", "within", [0.9, 1.1]),
    }
    with pytest.raises(ClaimError, match="no_faster repairs with the number of the check faster"):
        findings(checks, {"faster": FASTER, "no_faster": FASTER})
    with pytest.raises(ClaimError, match="estimate of its own"):
        findings(checks, {"faster": FASTER, "no_faster": [exact(1.0), FASTER]})
    own = mean_interval([0.97, 1.01, 0.99, 1.02])
    assert findings(checks, {"faster": FASTER, "no_faster": own})[1].outcome is True


@pytest.mark.parametrize(("claim", "repair"), [("above", "above"), ("below", "below")])
def test_numbers_that_agree_by_chance_are_not_refused(claim, repair):
    """24 of 24 twice, or 0 of 24 twice: no statement is saved by the number it failed by."""
    checks = {"some": written("claim", claim, 0.5), "others": written("repair", repair, 0.5)}
    for successes in (0, 24):
        both = {name: proportion_interval(successes, 24) for name in checks}
        one, other = findings(checks, both)
        assert one.outcome is other.outcome is ((successes == 24) == (claim == "above"))


NONE, ALL = proportion_interval(0, 32), proportion_interval(32, 32)
MENDED = {
    "as_printed": written("claim", bound=0.5, sentence="a"),
    "mended": written("repair", bound=0.5, sentence="a"),
}


def test_a_count_read_the_other_way_is_no_repair():
    always = [{"as_printed": proportion_interval(k, 32), "mended": proportion_interval(32 - k, 32)}
              for k in (3, 9)]  # fmt: skip
    measured = {"as_printed": NONE, "mended": ALL}
    for elsewhere in ((), always):
        with pytest.raises(ClaimError, match="a repair needs an estimate of its own"):
            findings(MENDED, measured, elsewhere)


def test_counts_that_are_the_same_by_chance_are_two():
    by_chance = [
        {"as_printed": NONE, "mended": ALL},
        {"as_printed": proportion_interval(4, 32), "mended": proportion_interval(30, 32)},
    ]
    found = findings(MENDED, {"as_printed": NONE, "mended": ALL}, by_chance)
    assert [each.outcome for each in found] == [False, True]


@pytest.mark.parametrize(
    "other",
    [
        {"as_printed": NONE, "mended": proportion_interval(30, 32)},  # the one stayed
        {"as_printed": proportion_interval(4, 32), "mended": ALL},
        {"as_printed": proportion_interval(4, 32), "mended": undecided("Clopper–Pearson")},
        {"as_printed": proportion_interval(4, 32), "mended": mean_interval([0.9, 0.8])},
        {"as_printed": proportion_interval(4, 32), "mended": []},
    ],
)
def test_data_that_do_not_change_both_counts_show_nothing(other):
    with pytest.raises(ClaimError, match="a repair needs an estimate of its own"):
        findings(MENDED, {"as_printed": NONE, "mended": ALL}, [other])


def test_nine_digits_that_agree_are_one_number_whatever_others_say():
    checks = MENDED | {"mended": written("repair", "within", [-2.0, 2.0], sentence="a")}
    one = {"as_printed": mean_interval([0.1, 0.2, 0.15]), "mended": mean_interval([0.1, 0.2, 0.15])}
    two = {"as_printed": mean_interval([0.1, 0.2, 0.25]), "mended": mean_interval([0.3, 0.2, 0.1])}

    def never_made():
        yield two
        raise AssertionError

    for elsewhere in ([two], never_made()):
        with pytest.raises(ClaimError, match="a repair needs an estimate of its own"):
            findings(checks, one, elsewhere)
