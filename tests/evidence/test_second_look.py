from dataclasses import replace

import pytest

from deepclaims.errors import StorageError
from deepclaims.evidence.second_look import SecondLook, confirm, read, write
from deepclaims.evidence.verdict import Ruling, Verdict

LOOK = SecondLook("supported", (3, 101000, 101002), "a-b-c", "laptop", {"mnist": "official"})
VERDICT = Verdict(Ruling.SUPPORTED, (), 0.001, {"es": "vale", "en": "it holds"}, 0.01)


def test_what_was_written_is_read(tmp_path):
    file = tmp_path / "recheck.json"
    assert read(file) == {}
    write(file, {"chapter/claim": LOOK})
    assert read(file) == {"chapter/claim": LOOK}
    assert [each.name for each in tmp_path.iterdir()] == ["recheck.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": {"ruling": "supported"}}', '{"a": 1}'])
def test_a_damaged_file_is_refused_by_name(tmp_path, text):
    (tmp_path / "recheck.json").write_text(text)
    with pytest.raises(StorageError, match=r"recheck\.json is damaged"):
        read(tmp_path / "recheck.json")


def test_a_verdict_that_stands_is_left_alone():
    assert confirm(VERDICT, LOOK) is VERDICT
    assert confirm(VERDICT, None) is VERDICT


@pytest.mark.parametrize("other", ["refuted", "corrected", "inconclusive"])
def test_a_verdict_that_flips_is_inconclusive_and_says_so(other):
    found = confirm(VERDICT, replace(LOOK, ruling=other))
    assert found.ruling is Ruling.INCONCLUSIVE
    assert f"with others (101000 to 101002) it is {other}" in found.reason["en"]
    assert "con otras (101000 a 101002)" in found.reason["es"]


def test_an_inconclusive_verdict_stays_so_whatever_other_seeds_say():
    open_ = replace(VERDICT, ruling=Ruling.INCONCLUSIVE)
    assert confirm(open_, LOOK) is open_


def test_it_counts_for_the_same_claim_profile_and_data_only():
    assert LOOK.is_of("a-b-c", "laptop", {"mnist": "official"})
    assert not LOOK.is_of("a-x-c", "laptop", {"mnist": "official"})
    assert not LOOK.is_of("a-b-c", "smoke", {"mnist": "official"})
    assert not LOOK.is_of("a-b-c", "laptop", {"mnist": "embedded"})
