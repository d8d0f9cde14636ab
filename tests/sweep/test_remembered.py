import pytest

from deepclaims.sweep.remembered import Memory, sources_hash


def never() -> str:
    pytest.fail("asked again")


def test_an_answer_outlives_the_process_that_found_it(tmp_path):
    file = tmp_path / "__pycache__" / "kept.json"
    assert Memory(file, "a").ask("code of f", lambda: "1") == "1"
    assert Memory(file, "a").ask("code of f", never) == "1"


def test_answers_about_other_sources_are_forgotten(tmp_path):
    file = tmp_path / "kept.json"
    Memory(file, "a").ask("code of f", lambda: "1")
    assert Memory(file, "b").ask("code of f", lambda: "2") == "2"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"code": "a"}', '{"code": "a", "answers": 1}'])
def test_a_damaged_file_is_done_without(tmp_path, content):
    file = tmp_path / "kept.json"
    file.write_text(content)
    assert Memory(file, "a").ask("code of f", lambda: "1") == "1"
    assert Memory(file, "a").ask("code of f", never) == "1"


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "__pycache__").write_text("no folder")
    assert Memory(tmp_path / "__pycache__" / "kept.json", "a").ask("code of f", lambda: "1") == "1"


def test_the_hash_follows_every_module(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text("x = 1")
    first = sources_hash(tmp_path)
    (tmp_path / "notes.txt").write_text("no code")
    assert sources_hash(tmp_path) == first
    (tmp_path / "inner" / "a.py").write_text("x = 2")
    assert sources_hash(tmp_path) != first
    (tmp_path / "inner" / "a.py").write_text("x = 1")
    (tmp_path / "inner" / "a.py").rename(tmp_path / "inner" / "b.py")
    assert sources_hash(tmp_path) != first
