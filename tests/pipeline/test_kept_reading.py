import pickle

import pytest

from deepclaims.pipeline.kept_reading import KeptReading


@pytest.fixture
def asked(tmp_path):
    """Reads a file as another process would; what was read, and whether it was read anew."""
    file = tmp_path / "claim.yaml"
    file.write_text("a")

    def ask(code: str = "c", what: str = "claim") -> tuple[list[str], bool]:
        kept = KeptReading(tmp_path / ".kept" / "judge.pickle", lambda: code)
        made = []
        found = kept.read(what, [file], lambda: made.append(1) or [file.read_text()])
        kept.write()
        return found, bool(made)

    return ask


def test_what_was_read_outlives_the_process_that_read_it(asked):
    assert asked() == (["a"], True)
    assert asked() == (["a"], False)


@pytest.mark.parametrize("change", [{"code": "C"}, {"what": "its problems"}], ids=str)
def test_other_code_and_another_question_read_again(asked, change):
    asked()
    assert asked(**change) == (["a"], True)


@pytest.mark.parametrize("content", ["b", "", None])
def test_a_changed_file_is_read_again(asked, tmp_path, content):
    asked()
    file = tmp_path / "claim.yaml"
    if content is None:
        file.unlink()
        with pytest.raises(FileNotFoundError):
            asked()
        return
    file.write_text(content)
    assert asked() == ([content], True)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x80\x05]\x94."])
def test_a_damaged_file_is_done_without(asked, tmp_path, content):
    asked()
    (tmp_path / ".kept" / "judge.pickle").write_bytes(content)
    assert asked() == (["a"], True)
    assert asked() == (["a"], False)


@pytest.mark.parametrize("damage", [b"", None, 7, b"x" * 40, "bit"], ids=str)
def test_a_damaged_entry_is_done_without(asked, tmp_path, damage):
    asked()
    file = tmp_path / ".kept" / "judge.pickle"
    ((key, entry),) = pickle.loads(file.read_bytes()).items()
    flipped = entry[:-5] + bytes([entry[-5] ^ 1]) + entry[-4:]
    file.write_bytes(pickle.dumps({key: flipped if damage == "bit" else damage}))
    assert asked() == (["a"], True)
    assert asked() == (["a"], False)


def test_a_file_that_changes_while_it_is_read_is_not_kept(asked, tmp_path):
    file = tmp_path / "claim.yaml"
    kept = KeptReading(tmp_path / ".kept" / "judge.pickle", lambda: "c")
    assert kept.read("claim", [file], lambda: [file.write_text("b") and "b"]) == ["b"]
    kept.write()
    file.write_text("a")
    assert asked() == (["a"], True)


def test_what_is_made_while_the_code_changes_is_not_kept(tmp_path):
    states = iter("cd")
    kept = KeptReading(tmp_path / "judge.pickle", lambda: next(states))
    kept.read("claim", [], lambda: ["a"])
    kept.write()
    assert not (tmp_path / "judge.pickle").exists()


def test_what_follows_is_known_by_what_it_follows_from(tmp_path):
    def ask(of: str) -> str:
        kept = KeptReading(tmp_path / "judge.pickle", lambda: "c")
        found = kept.follow("problems", [of], lambda: f"made {next(times)}")
        kept.write()
        return found

    times = iter(range(3))
    assert [ask(of) for of in "aab"] == ["made 0", "made 0", "made 1"]


def test_a_folder_that_cannot_be_written_is_done_without(asked, tmp_path):
    (tmp_path / ".kept").write_text("no folder")
    assert asked() == (["a"], True)


def test_what_is_read_is_nobody_elses(tmp_path):
    kept = KeptReading(tmp_path / "judge.pickle", lambda: "c")
    kept.read("claim", [], lambda: ["a"])
    kept.write()
    again = KeptReading(tmp_path / "judge.pickle", lambda: "c")
    again.read("claim", [], list).append("b")
    assert again.read("claim", [], list) == ["a"]
