import json
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deepclaims.errors import StorageError
from deepclaims.evidence import ledger
from deepclaims.evidence.ledger import Event, Kind

CLAIM = "optimisation/small"


def look(attempt, **more):
    return Event(Kind.LOOK, "2026-11-28", "abc", {"attempt": attempt, **more})


@pytest.fixture
def root(tmp_path):
    ledger.append(tmp_path, CLAIM, [Event(Kind.REGISTRATION, "2026-11-27", "abc", {"r": "a"})])
    ledger.append(tmp_path, CLAIM, [look("a"), look("b"), look("a")])
    return tmp_path


def test_a_ledger_is_read_as_it_was_written(root):
    found = ledger.read(root, CLAIM)
    assert [event.kind for event in found.events] == ["registration", "look", "look", "look"]
    assert found.events[1] == look("a")
    assert found.attempts == ("a", "b")
    assert [found.attempt(each) for each in ("a", "b", "new")] == [1, 2, 3]


def tell(root, writer):
    for number in range(10):
        ledger.append(root, "signals/a", [look(f"{writer}-{number}")])


def test_lines_of_writers_at_one_time_are_all_there(tmp_path):
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(partial(tell, tmp_path), range(4)))
    told = [event.content["attempt"] for event in ledger.read(tmp_path, "signals/a").events]
    assert sorted(told) == sorted(f"{w}-{n}" for w in range(4) for n in range(10))


def test_a_checkout_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match=r"cannot write .*\.ledger\.lock"):
        ledger.append(tmp_path / "file", CLAIM, [look("a")])


def test_a_claim_without_a_ledger_has_no_events(tmp_path):
    assert ledger.read(tmp_path, CLAIM).events == ()
    assert ledger.read(tmp_path, CLAIM).attempt("a") == 1


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_removed_line_is_found(root, gone):
    file = ledger.path(root, CLAIM)
    lines = file.read_text().splitlines()
    del lines[gone]
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(StorageError, match=f"line {gone + 1} does not follow"):
        ledger.read(root, CLAIM)


def test_a_changed_line_is_found_by_the_next(root):
    file = ledger.path(root, CLAIM)
    lines = file.read_text().splitlines()
    lines[1] = lines[1].replace('"attempt":"a"', '"attempt":"b"')
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(StorageError, match="line 3 does not follow"):
        ledger.read(root, CLAIM)


def test_lines_of_another_claim_do_not_fit(root):
    ledger.path(root, CLAIM).rename(ledger.path(root, "optimisation/other"))
    with pytest.raises(StorageError, match="line 1 does not follow"):
        ledger.read(root, "optimisation/other")


@pytest.mark.parametrize("line", ["", "{", "[]", '{"before": "x"}', '{"kind": "guess"}'])
def test_a_damaged_line_is_named(root, line):
    with ledger.path(root, CLAIM).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(StorageError, match=r"small\.jsonl, line 5 is damaged"):
        ledger.read(root, CLAIM)


def test_a_line_cut_off_at_the_end_shows_against_what_was_there(root):
    text = ledger.path(root, CLAIM).read_text()
    shorter = "".join(text.splitlines(keepends=True)[:-1])
    assert ledger.extends(shorter, text)
    assert not ledger.extends(text, shorter)


def test_the_third_attempt_needs_a_twelfth():
    assert [ledger.share(k) for k in (1, 2, 3)] == pytest.approx([1 / 2, 1 / 6, 1 / 12])
    with pytest.raises(ValueError, match="from 1"):
        ledger.share(0)


@given(st.integers(min_value=1, max_value=500))
def test_the_shares_of_all_attempts_never_exceed_one(attempts):
    # telescoping: 1/(k(k+1)) = 1/k - 1/(k+1)
    total = sum(Fraction(1, k * (k + 1)) for k in range(1, attempts + 1))
    assert total == 1 - Fraction(1, attempts + 1)
    assert sum(map(ledger.share, range(1, attempts + 1))) == pytest.approx(float(total))


def test_lines_are_json_with_the_hash_of_the_line_before(root):
    first, second, *_ = map(json.loads, ledger.path(root, CLAIM).read_text().splitlines())
    assert first["before"] == ledger.seed(CLAIM)
    assert second["before"] != first["before"]
