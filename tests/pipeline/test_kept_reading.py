import pytest

from deepclaims.pipeline.kept_reading import KeptReading


@pytest.fixture
def asked(tmp_path):
    """Reads a file as another process would; what was read, and whether it was read anew."""
    file = tmp_path / "claim.yaml"
    file.write_text("a")

    def ask(code: str = "c", what: str = "claim") -> tuple[list[str], bool]:
        kept = KeptReading(tmp_path / ".kept" / "judge.pickle", code)
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


def test_a_folder_that_cannot_be_written_is_done_without(asked, tmp_path):
    (tmp_path / ".kept").write_text("no folder")
    assert asked() == (["a"], True)


def test_what_is_read_is_nobody_elses(tmp_path):
    kept = KeptReading(tmp_path / "judge.pickle", "c")
    kept.read("claim", [], lambda: ["a"])
    kept.write()
    again = KeptReading(tmp_path / "judge.pickle", "c")
    again.read("claim", [], list).append("b")
    assert again.read("claim", [], list) == ["a"]
