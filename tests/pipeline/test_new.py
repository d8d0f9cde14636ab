import pytest

from deepclaims.errors import ConfigError
from deepclaims.pipeline import new


def test_a_typing_error_in_a_chapter_makes_no_chapter(project, capsys):
    with pytest.raises(ConfigError, match="did you mean 'optimisation'"):
        new.run(["optimization/mine"])
    assert not (project.conf / "claim" / "optimization").exists()
    new.run(["optimization/mine", "--new-chapter"])
    assert (project.conf / "claim" / "optimization" / "mine.yaml").is_file()


def test_a_chapter_unlike_all_others_needs_no_word(project, capsys):
    new.run(["geometry/mine"])
    assert (project.conf / "claim" / "geometry" / "_chapter.yaml").is_file()
