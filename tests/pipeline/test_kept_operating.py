import pytest

from deepclaims.evidence.check import Check, Finding
from deepclaims.evidence.operating import Operating
from deepclaims.evidence.statistics import mean_interval
from deepclaims.pipeline import kept_operating
from deepclaims.pipeline.kept_operating import KeptOperating

BOTH = {"es": "sí", "en": "yes"}


def found(values=(1.0, 1.2, 0.9, 1.1), relevant=0.5, bound=0.0) -> Finding:
    written = {"role": "claim", "relation": "above", "bound": bound, "says": BOTH, "fails": BOTH}
    return Finding.of(Check.of("gain", {**written, "relevant": relevant}), mean_interval(values))


@pytest.fixture
def made(monkeypatch):
    """How often something was computed."""
    calls: list[int] = []
    of = Operating.of

    def counted(*arguments):
        calls.append(1)
        return of(*arguments)

    monkeypatch.setattr(Operating, "of", counted)
    return calls


def judged(folder, *asked):
    kept = KeptOperating(folder)
    answers = [kept.of(*each) for each in asked]
    kept.write()
    return answers


def test_what_follows_from_the_same_is_computed_once(tmp_path, made):
    first = judged(tmp_path, (found(), 1, 10))
    assert judged(tmp_path, (found(), 1, 10)) == first == [Operating.of(found(), 1, 10)]
    assert len(made) == 2  # one of them here


@pytest.mark.parametrize(
    "other",
    [
        (found(values=(1.0, 1.2, 0.9, 1.3)), 1, 10), (found(relevant=0.6), 1, 10),
        (found(bound=-1.0), 1, 10), (found(), 2, 10), (found(), 1, 11),
    ],
    ids=["values", "relevant", "bound", "attempt", "family"],
)  # fmt: skip
def test_whatever_decides_it_is_seen(tmp_path, made, other):
    judged(tmp_path, (found(), 1, 10))
    answer = judged(tmp_path, other)
    assert len(made) == 2
    assert answer == [Operating.of(*other)]


def test_other_code_computes_it_again(tmp_path, made, monkeypatch):
    judged(tmp_path, (found(), 1, 10))
    monkeypatch.setattr(kept_operating, "code_fingerprint", lambda entries: "other")
    judged(tmp_path, (found(), 1, 10))
    assert len(made) == 2


@pytest.mark.parametrize("damage", ["{", "[]", ""])
def test_a_damaged_file_is_done_without(tmp_path, made, damage):
    (tmp_path / kept_operating.NAME).write_text(damage)
    assert judged(tmp_path, (found(), 1, 10)) == [Operating.of(found(), 1, 10)]


def test_a_check_with_nothing_at_stake_has_none(tmp_path, made):
    assert judged(tmp_path, (found(values=(1.0, 1.0, 1.0)), 1, 10)) * 2 == [None, None]
    assert judged(tmp_path, (found(relevant=None), 1, 10)) == [None]
